package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.kubernetes.FaultProxy.Request;
import io.jenkins.plugins.safedeployments.engine.kubernetes.ProxyFault;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/** What can befall a request on its way to a real API server. */
enum ApiFault {
    /** The controller dies before the request is sent. */
    DEATH_BEFORE(r -> true, ProxyFault.cut()),
    /** The controller dies when the request has been done, and its answer has not come. */
    DEATH_BEFORE_ANSWER(r -> true, ProxyFault.doneBut(ProxyFault.cut())),
    /** The controller dies when it has the answer. */
    DEATH_AFTER(r -> true, exchange -> exchange.pass()),
    CONFLICT(Request::isWrite, ProxyFault.answer(409, "Conflict", "the object has been modified")),
    ERROR(r -> true, ProxyFault.answer(500, "InternalError", "etcdserver: leader changed")),
    ERROR_BUT_DONE(r -> !r.isWatch(), ProxyFault.doneBut(ProxyFault.answer(500, "InternalError", "leader changed"))),
    BAD_GATEWAY(r -> true, ProxyFault.page(502, "Bad Gateway")),
    BUSY(r -> true, ProxyFault.answer(429, "TooManyRequests", "slow down", "Retry-After: 1")),
    GONE(Request::isWatch, ProxyFault.answer(410, "Expired", "too old resource version")),
    EXPIRED(Request::isWatch, ProxyFault.events(ProxyFault.expired())),
    ENDED(Request::isWatch, ProxyFault.events()),
    SILENT(Request::isWatch, ProxyFault.silence()),
    CUT(r -> true, ProxyFault.cut()),
    CUT_BUT_DONE(r -> !r.isWatch(), ProxyFault.doneBut(ProxyFault.cut())),
    CUT_IN_ANSWER(r -> !r.isWatch(), ProxyFault.cutInAnswer(40)),
    SLOW(r -> true, ProxyFault.slow(Duration.ofMillis(400))),
    UNAUTHORIZED(r -> true, ProxyFault.answer(401, "Unauthorized", "Unauthorized"));

    static final List<ApiFault> DEATHS = List.of(DEATH_BEFORE, DEATH_BEFORE_ANSWER, DEATH_AFTER);

    private final Predicate<Request> meets;
    private final ProxyFault fault;

    ApiFault(Predicate<Request> meets, ProxyFault fault) {
        this.meets = meets;
        this.fault = fault;
    }

    /** Whether it can befall a request of this kind; a command's connection is only cut. */
    boolean meets(Request request) {
        boolean exec = request.path().contains("/exec?");
        return meets.test(request) && (!exec || DEATHS.contains(this) || this == CUT);
    }

    ProxyFault fault() {
        return fault;
    }

    boolean isDeath() {
        return DEATHS.contains(this);
    }
}
