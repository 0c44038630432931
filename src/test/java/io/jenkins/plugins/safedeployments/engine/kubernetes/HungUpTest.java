package io.jenkins.plugins.safedeployments.engine.kubernetes;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.cluster.ClusterAccess;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.Test;

/** A load balancer without a server behind it, say. */
public class HungUpTest {

    /** It is a failure of TLS by its class, but not one of the certificate, which would be final. */
    @Test
    public void serverThatHangsUpDuringTheHandshakeMayAnswerLater() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread hangsUp = new Thread(() -> hangUpOnAll(server));
            hangsUp.start();
            String url = "https://127.0.0.1:" + server.getLocalPort();
            try (KubernetesConnection connection =
                    KubernetesConnection.open(new ClusterAccess(url, "", "t", "", "", true))) {

                ClusterException failure = assertThrows(ClusterException.class, connection::version);

                assertThat(failure.getMessage(), failure.reason(), is(Reason.UNAVAILABLE));
                assertThat(failure.getMessage(), containsString(url + " does not answer"));
            }
            server.close();
            hangsUp.join();
        }
    }

    private static void hangUpOnAll(ServerSocket server) {
        try {
            while (true) {
                try (Socket socket = server.accept()) {
                    socket.getInputStream().readNBytes(16);
                }
            }
        } catch (IOException e) {
            // closed: the test is over
        }
    }
}
