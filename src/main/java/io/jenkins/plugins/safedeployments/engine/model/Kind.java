package io.jenkins.plugins.safedeployments.engine.model;

/**
 * The type of a Kubernetes object. Of those that had several versions, the constants name the newest; on a cluster that lacks
 * it, an older one is read in its place.
 *
 * @param apiVersion group and version, such as {@code apps/v1}; only the version for the core group: {@code v1}
 * @param kind such as {@code Deployment}
 */
public record Kind(String apiVersion, String kind) {

    public static final Kind DEPLOYMENT = new Kind("apps/v1", "Deployment");
    public static final Kind REPLICA_SET = new Kind("apps/v1", "ReplicaSet");
    public static final Kind POD = new Kind("v1", "Pod");
    public static final Kind SERVICE = new Kind("v1", "Service");
    public static final Kind ENDPOINTS = new Kind("v1", "Endpoints");
    public static final Kind ENDPOINT_SLICE = new Kind("discovery.k8s.io/v1", "EndpointSlice");
    public static final Kind EVENT = new Kind("v1", "Event");
    public static final Kind NAMESPACE = new Kind("v1", "Namespace");
    public static final Kind CONFIG_MAP = new Kind("v1", "ConfigMap");
    public static final Kind SECRET = new Kind("v1", "Secret");
    public static final Kind AUTOSCALER = new Kind("autoscaling/v2", "HorizontalPodAutoscaler");
    public static final Kind DISRUPTION_BUDGET = new Kind("policy/v1", "PodDisruptionBudget");
    public static final Kind RESOURCE_QUOTA = new Kind("v1", "ResourceQuota");
    public static final Kind LEASE = new Kind("coordination.k8s.io/v1", "Lease");

    /** The label of an {@link #ENDPOINT_SLICE} that names its Service. */
    public static final String SERVICE_OF_SLICE = "kubernetes.io/service-name";

    @Override
    public String toString() {
        return kind + " (" + apiVersion + ")";
    }
}
