// SPDX-License-Identifier: Apache-2.0

extension TypeNotation {
    /// Types of pods, their templates and their state.
    static let pods = """
        package core
        enum DNSPolicy ClusterFirst ClusterFirstWithHostNet Default None
        enum PodFSGroupChangePolicy Always OnRootMismatch
        enum PodPhase Failed Pending Running Succeeded Unknown
        enum PodQOSClass BestEffort Burstable Guaranteed
        enum PreemptionPolicy Never PreemptLowerPriority
        enum RestartPolicy Always Never OnFailure
        enum SupplementalGroupsPolicy Merge Strict

        kind Pod
          # Containers that run together on one node, with shared network and volumes.
          1 metadata meta.ObjectMeta
          2 spec PodSpec
            # What the pod is to run.
          3 status PodStatus
            # What was last seen of the pod.

        kind PodTemplate
          # A description of pods, stored by itself.
          1 metadata meta.ObjectMeta
          2 template PodTemplateSpec

        type PodTemplateSpec
          1 metadata meta.ObjectMeta
            # Labels and annotations of the pods that are made.
          2 spec PodSpec
            # What the pods are to run.

        single Binding
          # Puts a pod on a node.
          1 metadata meta.ObjectMeta
          2 target! ObjectReference

        type PodSpec
          1 volumes [Volume] patch=merge,retainKeys:name list=map:name
            # Volumes that the containers can mount.
          20 initContainers [Container] patch=merge:name list=map:name
            # Containers that run one after another before the others start.
          2 containers! [Container] patch=merge:name list=map:name
            # The containers of the pod, at least one.
          34 ephemeralContainers [EphemeralContainer] patch=merge:name list=map:name
          3 restartPolicy RestartPolicy
            # When containers that end are started again: Always, OnFailure or Never.
          4 terminationGracePeriodSeconds? int64
            # Seconds between the request to stop and the kill; 30 if not given.
          5 activeDeadlineSeconds? int64
            # Seconds the pod may run on its node before it is ended.
          6 dnsPolicy DNSPolicy
            # Where names are looked up: ClusterFirst, ClusterFirstWithHostNet, Default or None.
          7 nodeSelector {string} map=atomic
            # Labels that a node must have for the pod to run there.
          8 serviceAccountName string
            # The service account that the pod runs as; default if not given.
          9 serviceAccount string
          21 automountServiceAccountToken? bool
          10 nodeName string
            # The node that the pod runs on; set by the scheduler.
          11 hostNetwork bool
            # Whether the pod uses the network of its node.
          12 hostPID bool
          13 hostIPC bool
          27 shareProcessNamespace? bool
          14 securityContext? PodSecurityContext
            # Users, groups and capabilities that hold for the whole pod.
          15 imagePullSecrets [LocalObjectReference] patch=merge:name list=map:name
            # Secrets with the credentials for pulling images.
          16 hostname string
          17 subdomain string
          18 affinity? Affinity
            # Where the pod wants to run, and next to what.
          19 schedulerName string
          22 tolerations [Toleration] list=atomic
            # Taints of nodes that do not keep the pod away.
          23 hostAliases [HostAlias] patch=merge:ip list=map:ip
          24 priorityClassName string
            # Name of the class that says how important the pod is.
          25 priority? int32
          26 dnsConfig? PodDNSConfig
          28 readinessGates [PodReadinessGate] list=atomic
          29 runtimeClassName? string
          30 enableServiceLinks? bool
          31 preemptionPolicy? PreemptionPolicy
          32 overhead {quantity}
          33 topologySpreadConstraints [TopologySpreadConstraint] patch=merge:topologyKey list=map:topologyKey,whenUnsatisfiable
          35 setHostnameAsFQDN? bool
          36 os? PodOS
          37 hostUsers? bool
          38 schedulingGates [PodSchedulingGate] patch=merge:name list=map:name
          39 resourceClaims [PodResourceClaim] patch=merge,retainKeys:name list=map:name
          40 resources? ResourceRequirements

        type PodStatus
          1 phase PodPhase
            # Where the pod is in its life: Pending, Running, Succeeded, Failed or Unknown.
          2 conditions [PodCondition] patch=merge:type list=map:type
            # What holds for the pod now, such as Ready.
          3 message string
          4 reason string
          11 nominatedNodeName string
          5 hostIP string
          16 hostIPs [HostIP] patch=merge:ip list=atomic
          6 podIP string
            # The address of the pod.
          12 podIPs [PodIP] patch=merge:ip list=map:ip
          7 startTime? time
          10 initContainerStatuses [ContainerStatus] list=atomic
          8 containerStatuses [ContainerStatus] list=atomic
          9 qosClass PodQOSClass
          13 ephemeralContainerStatuses [ContainerStatus] list=atomic
          14 resize string
          15 resourceClaimStatuses [PodResourceClaimStatus] patch=merge,retainKeys:name list=map:name

        type PodCondition
          1 type! string
          2 status! string
          3 lastProbeTime time
          4 lastTransitionTime time
          5 reason string
          6 message string

        type PodIP
          1 ip! string

        type HostIP
          1 ip! string

        type HostAlias
          1 ip! string
          2 hostnames [string] list=atomic

        type PodDNSConfig
          1 nameservers [string] list=atomic
          2 searches [string] list=atomic
          3 options [PodDNSConfigOption] list=atomic

        type PodDNSConfigOption
          1 name string
          2 value? string

        type PodOS
          1 name! string

        type PodReadinessGate
          1 conditionType! string

        type PodSchedulingGate
          1 name! string

        type PodResourceClaim
          1 name! string
          3 resourceClaimName? string
          4 resourceClaimTemplateName? string

        type PodResourceClaimStatus
          1 name! string
          2 resourceClaimName? string

        type PodSecurityContext
          1 seLinuxOptions? SELinuxOptions
          8 windowsOptions? WindowsSecurityContextOptions
          2 runAsUser? int64
          6 runAsGroup? int64
          3 runAsNonRoot? bool
          4 supplementalGroups [int64] list=atomic
          12 supplementalGroupsPolicy? SupplementalGroupsPolicy
          5 fsGroup? int64
          7 sysctls [Sysctl] list=atomic
          9 fsGroupChangePolicy? PodFSGroupChangePolicy
          10 seccompProfile? SeccompProfile
          11 appArmorProfile? AppArmorProfile
          13 seLinuxChangePolicy? string

        type Sysctl
          1 name! string
          2 value! string

        type ContainerStatus
          1 name! string
          2 state ContainerState
          3 lastState ContainerState
          4 ready! bool
          5 restartCount! int32
          6 image! string
          7 imageID! string
          8 containerID string
          9 started? bool
          10 allocatedResources {quantity}
          11 resources? ResourceRequirements
          12 volumeMounts [VolumeMountStatus] patch=merge:mountPath list=map:mountPath
          13 user? ContainerUser
          14 allocatedResourcesStatus [ResourceStatus] patch=merge:name list=map:name

        type ContainerState
          1 waiting? ContainerStateWaiting
          2 running? ContainerStateRunning
          3 terminated? ContainerStateTerminated

        type ContainerStateRunning
          1 startedAt time

        type ContainerStateTerminated
          1 exitCode! int32
          2 signal int32
          3 reason string
          4 message string
          5 startedAt time
          6 finishedAt time
          7 containerID string

        type ContainerStateWaiting
          1 reason string
          2 message string

        type ContainerUser
          1 linux? LinuxContainerUser

        type LinuxContainerUser
          1 uid! int64
          2 gid! int64
          3 supplementalGroups [int64] list=atomic

        type ResourceStatus
          1 name! string
          2 resources [ResourceHealth] list=map:resourceID

        type ResourceHealth
          1 resourceID! string
          2 health string

        type VolumeMountStatus
          1 name! string
          2 mountPath! string
          3 readOnly bool
          4 recursiveReadOnly? string

        kind ReplicationController
          # Keeps a number of pods running; superseded by Deployment.
          1 metadata meta.ObjectMeta
          2 spec ReplicationControllerSpec
          3 status ReplicationControllerStatus

        type ReplicationControllerSpec
          1 replicas? int32
          4 minReadySeconds int32
          2 selector {string} map=atomic
          3 template? PodTemplateSpec

        type ReplicationControllerStatus
          1 replicas! int32
          2 fullyLabeledReplicas int32
          4 readyReplicas int32
          5 availableReplicas int32
          3 observedGeneration int64
          6 conditions [ReplicationControllerCondition] patch=merge:type list=map:type

        type ReplicationControllerCondition
          1 type! string
          2 status! string
          3 lastTransitionTime time
          4 reason string
          5 message string
        """
}
