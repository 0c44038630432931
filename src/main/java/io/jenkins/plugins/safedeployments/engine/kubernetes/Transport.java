package io.jenkins.plugins.safedeployments.engine.kubernetes;

import io.fabric8.kubernetes.client.okhttp.OkHttpClientFactory;
import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Response;

/**
 * The client library's transport, without its habits of following redirections and of sending a request again when a
 * connection breaks: an API server sends no redirections of its own, and what a pod behind its proxy sends could lead
 * anywhere, with the credentials of the cluster; and a write, or a command in a container, may have been done by then.
 */
final class Transport extends OkHttpClientFactory {

    @Override
    protected void additionalConfig(OkHttpClient.Builder builder) {
        builder.followRedirects(false).followSslRedirects(false);
        builder.retryOnConnectionFailure(false);
        builder.addNetworkInterceptor(Transport::withoutInvitation);
    }

    /** It also sends again at once what was answered with an invitation to do so. */
    private static Response withoutInvitation(Interceptor.Chain chain) throws IOException {
        Response response = chain.proceed(chain.request());
        return response.code() == 503 && "0".equals(response.header("Retry-After"))
                ? response.newBuilder().removeHeader("Retry-After").build()
                : response;
    }
}
