// SPDX-License-Identifier: Apache-2.0

extension TypeNotation {
    /// Types of services and endpoints.
    static let services = """
        package core
        enum IPFamily - IPv4 IPv6
        enum IPFamilyPolicy PreferDualStack RequireDualStack SingleStack
        enum ServiceAffinity ClientIP None
        enum ServiceExternalTrafficPolicy Cluster Local
        enum ServiceInternalTrafficPolicy Cluster Local
        enum ServiceType ClusterIP ExternalName LoadBalancer NodePort

        kind Service
          # One stable address and name for a set of pods.
          1 metadata meta.ObjectMeta
          2 spec ServiceSpec
            # The pods behind the service and how they are reached.
          3 status ServiceStatus
            # Addresses that a load balancer has given.

        type ServiceSpec
          1 ports [ServicePort] patch=merge:port list=map:port,protocol
            # The ports of the service.
          2 selector {string} map=atomic
            # Labels of the pods behind the service; without it, endpoints are kept by somebody else.
          3 clusterIP string
            # The address inside the cluster; None for a service without one (headless).
          18 clusterIPs [string] list=atomic
            # The addresses inside the cluster, one for each IP family; the first is clusterIP.
          4 type ServiceType
            # How the service is reached: ClusterIP, NodePort, LoadBalancer or ExternalName.
          5 externalIPs [string] list=atomic
          7 sessionAffinity ServiceAffinity
            # ClientIP sends a client to the same pod each time; None by default.
          8 loadBalancerIP string
          9 loadBalancerSourceRanges [string] list=atomic
          10 externalName string
            # The DNS name that a service of type ExternalName stands for.
          11 externalTrafficPolicy ServiceExternalTrafficPolicy
          12 healthCheckNodePort int32
          13 publishNotReadyAddresses bool
          14 sessionAffinityConfig? SessionAffinityConfig
          19 ipFamilies [IPFamily] list=atomic
          17 ipFamilyPolicy? IPFamilyPolicy
            # Whether the service has addresses of one or of both IP families.
          20 allocateLoadBalancerNodePorts? bool
          21 loadBalancerClass? string
          22 internalTrafficPolicy? ServiceInternalTrafficPolicy
          23 trafficDistribution? string

        type ServicePort
          1 name string
            # Name of the port; needed when there are several.
          2 protocol Protocol default="TCP"
          6 appProtocol? string
          3 port! int32
            # The port that clients connect to.
          4 targetPort intOrString
            # Number or name of the port in the pods; the same as port if not given.
          5 nodePort int32
            # The port on every node, for services of type NodePort and LoadBalancer.

        type ServiceStatus
          1 loadBalancer LoadBalancerStatus
          2 conditions [meta.Condition] patch=merge:type list=map:type

        type SessionAffinityConfig
          1 clientIP? ClientIPConfig

        type ClientIPConfig
          1 timeoutSeconds? int32

        type LoadBalancerStatus
          1 ingress [LoadBalancerIngress] list=atomic

        type LoadBalancerIngress
          1 ip string
          2 hostname string
          3 ipMode? string
          4 ports [PortStatus] list=atomic

        type PortStatus
          1 port! int32
          2 protocol! Protocol
          3 error? string

        kind Endpoints
          # The addresses behind a service, in one object.
          1 metadata meta.ObjectMeta
          2 subsets [EndpointSubset] list=atomic

        type EndpointSubset
          1 addresses [EndpointAddress] list=atomic
          2 notReadyAddresses [EndpointAddress] list=atomic
          3 ports [EndpointPort] list=atomic

        type EndpointAddress map=atomic
          1 ip! string
          3 hostname string
          4 nodeName? string
          2 targetRef? ObjectReference

        type EndpointPort map=atomic
          1 name string
          2 port! int32
          3 protocol Protocol
          4 appProtocol? string
        """
}
