package io.jenkins.plugins.safedeployments.engine.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterAccess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Stands between a client and a real API server, and lets requests meet {@link ProxyFault}s. It ends TLS with a
 * certificate of its own, takes any bearer token, and asks the API server with the credentials that it was given, over
 * HTTP/1.1. Watches and upgrades to WebSocket pass as they are.
 *
 * <p>Rules are looked at in the order in which they were added; the first that matches decides. Without one a request
 * passes.
 */
public final class FaultProxy implements AutoCloseable {

    /**
     * What a client sent.
     *
     * @param number counted from 1 over all connections
     * @param path with its query
     * @param token the bearer token, or an empty string
     * @param at when it came
     */
    public record Request(int number, String method, String path, String token, Instant at) {

        public boolean isWatch() {
            return path.contains("watch=true") || path.contains("watch=1");
        }

        public boolean isWrite() {
            return !method.equals("GET") && !path.contains("dryRun=");
        }

        /** Whether it asks for the resource of this plural, such as {@code deployments}, or one of its objects. */
        public boolean isOf(String plural) {
            return path.matches(".*/" + plural + "([/?].*)?");
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    /** A rule that is used up after {@code left} matches. */
    private record Rule(Predicate<Request> when, ProxyFault fault, AtomicInteger left) {

        boolean takes(Request request) {
            return when.test(request) && left.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
        }
    }

    private final ProxyCertificate certificate;
    private final SSLSocketFactory upstream;
    private final URI server;
    private final String upstreamToken;
    private final ServerSocket listener;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "fault-proxy");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger number = new AtomicInteger();
    private volatile boolean hangsUp;

    public FaultProxy(ClusterAccess real) throws IOException {
        this(real, ProxyCertificate.good());
    }

    public FaultProxy(ClusterAccess real, ProxyCertificate certificate) throws IOException {
        this.certificate = certificate;
        this.server = URI.create(real.url());
        this.upstreamToken = real.token();
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl(real.url())
                .withCaCertData(base64(real.caCertificate()))
                .withClientCertData(base64(real.clientCertificate()))
                .withClientKeyData(base64(real.clientKey()))
                .withTrustCerts(real.skipTlsVerify())
                .build();
        try {
            this.upstream = SSLUtils.sslContext(config).getSocketFactory();
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
        this.listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    private static String base64(String pem) {
        return pem.isEmpty() ? null : Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.UTF_8));
    }

    /** How to be let in, with a token by which the requests can be told apart. */
    public ClusterAccess access(String token) {
        return new ClusterAccess(url(), certificate.pem(), token, "", "", false);
    }

    public String url() {
        return "https://127.0.0.1:" + listener.getLocalPort();
    }

    /** Each request that matches meets the fault. */
    public FaultProxy always(Predicate<Request> when, ProxyFault fault) {
        return times(Integer.MAX_VALUE, when, fault);
    }

    /** The next requests that match meet the fault. */
    public FaultProxy times(int times, Predicate<Request> when, ProxyFault fault) {
        rules.add(new Rule(when, fault, new AtomicInteger(times)));
        return this;
    }

    /** From now on everything passes. */
    public void heal() {
        rules.clear();
        hangsUp = false;
    }

    /** New connections are accepted, and then nothing is said: not even TLS begins. */
    public void hangUp() {
        hangsUp = true;
    }

    /** Ends all connections, without a word; the clients may come again. */
    public void cutAll() {
        open.forEach(FaultProxy::cut);
    }

    /** All requests so far. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    public long count(Predicate<Request> which) {
        return requests.stream().filter(which).count();
    }

    /** The server is dead: nothing listens any more. */
    @Override
    public void close() throws IOException {
        listener.close();
        cutAll();
        threads.shutdownNow();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket plain = listener.accept();
                plain.setTcpNoDelay(true);
                open.add(plain);
                threads.execute(() -> serve(plain));
            } catch (IOException | RejectedExecutionException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket plain) {
        try (plain) {
            if (hangsUp) {
                plain.getInputStream().readAllBytes();
                return;
            }
            SSLSocket client = (SSLSocket)
                    certificate.context().getSocketFactory().createSocket(plain, null, plain.getPort(), true);
            client.setUseClientMode(false);
            Http from = new Http(client);
            try (Upstream to = new Upstream()) {
                for (Http.Head head = from.readHead(); head != null; head = from.readHead()) {
                    String token = head.header("Authorization").replaceFirst("^Bearer ", "");
                    Request request =
                            new Request(number.incrementAndGet(), head.word(0), head.word(1), token, Instant.now());
                    requests.add(request);
                    Exchange exchange = new Exchange(request, head, from.readBody(head), plain, from, to, threads);
                    fault(request).befall(exchange);
                    if (exchange.isOver()) {
                        return;
                    }
                }
            }
        } catch (IOException | RejectedExecutionException e) {
            // one of the two sides is gone, which is what this is about
        } finally {
            open.remove(plain);
        }
    }

    private ProxyFault fault(Request request) {
        for (Rule rule : rules) {
            if (rule.takes(request)) {
                return rule.fault();
            }
        }
        return Exchange::pass;
    }

    /** Without the farewell of TLS, and with what is under way dropped. */
    static void cut(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (SocketException e) {
            // closed already
        }
        try {
            socket.close();
        } catch (IOException e) {
            // closed already
        }
    }

    /** The connection to the API server that belongs to one from a client; made when it is needed. */
    final class Upstream implements AutoCloseable {
        private Socket socket;
        private Http http;

        synchronized Http connect() throws IOException {
            if (http == null) {
                Socket plain = new Socket();
                plain.setTcpNoDelay(true);
                plain.connect(new InetSocketAddress(server.getHost(), server.getPort()), 5000);
                open.add(plain);
                socket = plain;
                http = new Http(upstream.createSocket(plain, server.getHost(), server.getPort(), true));
            }
            return http;
        }

        String host() {
            return server.getHost() + ":" + server.getPort();
        }

        String token() {
            return upstreamToken;
        }

        @Override
        public synchronized void close() {
            if (socket != null) {
                cut(socket);
                open.remove(socket);
                socket = null;
                http = null;
            }
        }
    }
}
