package io.jenkins.plugins.safedeployments.notify;

import hudson.tasks.Mailer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.junit.rules.ExternalResource;

/** A mail server on loopback, as much of RFC 5321 as a client needs, which keeps what it gets. */
public final class SmtpSink extends ExternalResource {

    /** @param data as it was sent, with CRLF */
    public record Mail(List<String> recipients, String data) {}

    /** Addresses that it refuses. */
    final Set<String> refused = ConcurrentHashMap.newKeySet();

    private final Queue<Mail> mails = new ConcurrentLinkedQueue<>();
    private ServerSocket server;

    @Override
    protected void before() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::acceptAll, "smtp-sink");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    protected void after() {
        stop();
    }

    void stop() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return server.getLocalPort();
    }

    /** Makes the Mailer plugin send its mails here. */
    public void configure() {
        Mailer.descriptor().setSmtpHost("127.0.0.1");
        Mailer.descriptor().setSmtpPort(Integer.toString(port()));
    }

    public List<Mail> mails() {
        return new ArrayList<>(mails);
    }

    public Mail await() {
        Awaitility.await().until(() -> !mails.isEmpty());
        return mails.remove();
    }

    private void acceptAll() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Thread thread = new Thread(() -> talk(client), "smtp-sink-client");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                return; // stopped
            }
        }
    }

    private void talk(Socket client) {
        try (client;
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
                PrintStream out = new PrintStream(client.getOutputStream(), false, StandardCharsets.UTF_8)) {
            reply(out, "220 sink");
            List<String> recipients = new ArrayList<>();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String verb = line.length() < 4 ? line : line.substring(0, 4).toUpperCase(java.util.Locale.ROOT);
                switch (verb) {
                    case "DATA" -> {
                        reply(out, "354 go on");
                        mails.add(new Mail(List.copyOf(recipients), data(in)));
                        recipients.clear();
                        reply(out, "250 kept");
                    }
                    case "RCPT" -> {
                        String address = line.replaceAll(".*<(.*)>.*", "$1");
                        if (refused.contains(address)) {
                            reply(out, "550 nobody here of that name");
                        } else {
                            recipients.add(address);
                            reply(out, "250 ok");
                        }
                    }
                    case "QUIT" -> {
                        reply(out, "221 bye");
                        return;
                    }
                    default -> reply(out, "250 ok");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String data(BufferedReader in) throws IOException {
        StringBuilder data = new StringBuilder();
        for (String line = in.readLine(); !line.equals("."); line = in.readLine()) {
            data.append(line.startsWith(".") ? line.substring(1) : line).append("\r\n");
        }
        return data.toString();
    }

    private static void reply(PrintStream out, String line) {
        out.print(line + "\r\n");
        out.flush();
    }
}
