package io.jenkins.plugins.safedeployments.engine.kubernetes;

import io.fabric8.kubernetes.client.okhttp.OkHttpClientFactory;
import okhttp3.OkHttpClient;

/**
 * The client library's transport, without its habit of following redirections: an API server sends none of its own, and
 * what a pod behind its proxy sends could lead anywhere, with the credentials of the cluster.
 */
final class Transport extends OkHttpClientFactory {

    @Override
    protected void additionalConfig(OkHttpClient.Builder builder) {
        builder.followRedirects(false).followSslRedirects(false);
    }
}
