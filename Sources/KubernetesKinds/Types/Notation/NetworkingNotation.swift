// SPDX-License-Identifier: Apache-2.0

extension TypeNotation {
    /// Types of ingresses, network policies, endpoint slices.
    static let networking = """
        package networking
        enum PathType Exact ImplementationSpecific Prefix
        enum PolicyType Egress Ingress

        kind Ingress
          # Rules that send HTTP requests from outside to services.
          1 metadata meta.ObjectMeta
          2 spec IngressSpec
          3 status IngressStatus

        kind IngressClass
          # Names a controller that serves ingresses.
          1 metadata meta.ObjectMeta
          2 spec IngressClassSpec

        kind NetworkPolicy
          # Which connections pods may have.
          1 metadata meta.ObjectMeta
          2 spec NetworkPolicySpec

        type IngressSpec
          4 ingressClassName? string
            # The class whose controller serves this.
          1 defaultBackend? IngressBackend
            # What serves requests that no rule matches.
          2 tls [IngressTLS] list=atomic
            # Hosts that are served with a certificate.
          3 rules [IngressRule] list=atomic
            # Hosts and paths with the services behind them.

        type IngressStatus
          1 loadBalancer IngressLoadBalancerStatus

        type IngressClassSpec
          1 controller string
          2 parameters? IngressClassParametersReference

        type NetworkPolicySpec
          1 podSelector! meta.LabelSelector
            # The pods that the policy is for.
          2 ingress [NetworkPolicyIngressRule] list=atomic
            # Connections that are let in.
          3 egress [NetworkPolicyEgressRule] list=atomic
            # Connections that are let out.
          4 policyTypes [PolicyType] list=atomic

        type IngressBackend
          4 service? IngressServiceBackend
          3 resource? core.TypedLocalObjectReference

        type IngressTLS
          1 hosts [string] list=atomic
          2 secretName string

        type IngressRule
          1 host string
          2 + IngressRuleValue

        type IngressLoadBalancerStatus
          1 ingress [IngressLoadBalancerIngress] list=atomic

        type IngressClassParametersReference
          1 apiGroup? string
          2 kind! string
          3 name! string
          4 scope? string
          5 namespace? string

        type NetworkPolicyIngressRule
          1 ports [NetworkPolicyPort] list=atomic
          2 from [NetworkPolicyPeer] list=atomic

        type NetworkPolicyEgressRule
          1 ports [NetworkPolicyPort] list=atomic
          2 to [NetworkPolicyPeer] list=atomic

        type IngressServiceBackend
          1 name! string
          2 port ServiceBackendPort

        type IngressRuleValue
          1 http? HTTPIngressRuleValue

        type IngressLoadBalancerIngress
          1 ip string
          2 hostname string
          4 ports [IngressPortStatus] list=atomic

        type NetworkPolicyPort
          1 protocol? core.Protocol
          2 port? intOrString
          3 endPort? int32

        type NetworkPolicyPeer
          1 podSelector? meta.LabelSelector
          2 namespaceSelector? meta.LabelSelector
          3 ipBlock? IPBlock

        type ServiceBackendPort map=atomic
          1 name string
          2 number int32

        type HTTPIngressRuleValue
          1 paths! [HTTPIngressPath] list=atomic

        type IngressPortStatus
          1 port! int32
          2 protocol! core.Protocol
          3 error? string

        type IPBlock
          1 cidr! string
          2 except [string] list=atomic

        type HTTPIngressPath
          1 path string
          3 pathType! PathType
          2 backend! IngressBackend

        package discovery
        enum AddressType FQDN IPv4 IPv6

        kind EndpointSlice
          # A part of the addresses behind a service.
          1 metadata meta.ObjectMeta
          4 addressType! AddressType
          2 endpoints! [Endpoint] list=atomic
          3 ports= [EndpointPort] list=atomic

        type Endpoint
          1 addresses! [string] list=set
          2 conditions EndpointConditions
          3 hostname? string
          4 targetRef? core.ObjectReference
          5 deprecatedTopology {string}
          6 nodeName? string
          7 zone? string
          8 hints? EndpointHints

        type EndpointPort map=atomic
          1 name? string
          2 protocol? core.Protocol
          3 port? int32
          4 appProtocol? string

        type EndpointConditions
          1 ready? bool
          2 serving? bool
          3 terminating? bool

        type EndpointHints
          1 forZones [ForZone] list=atomic

        type ForZone
          1 name! string
        """
}
