// SPDX-License-Identifier: Apache-2.0

extension TypeNotation {
    /// Types of nodes.
    static let nodes = """
        package core
        enum NodePhase Pending Running Terminated

        kind Node
          # A machine that runs pods.
          1 metadata meta.ObjectMeta
          2 spec NodeSpec
            # How the node is used.
          3 status NodeStatus
            # What was last seen of the node.

        type NodeSpec
          1 podCIDR string
          7 podCIDRs [string] patch=merge list=set
          3 providerID string
          4 unschedulable bool
          5 taints [Taint] list=atomic
          6 configSource? NodeConfigSource
          2 externalID string

        type NodeStatus
          1 capacity {quantity}
          2 allocatable {quantity}
          3 phase NodePhase
          4 conditions [NodeCondition] patch=merge:type list=map:type
          5 addresses [NodeAddress] patch=merge:type list=map:type
          6 daemonEndpoints NodeDaemonEndpoints
          7 nodeInfo NodeSystemInfo
          8 images [ContainerImage] list=atomic
          9 volumesInUse [string] list=atomic
          10 volumesAttached [AttachedVolume] list=atomic
          11 config? NodeConfigStatus
          12 runtimeHandlers [NodeRuntimeHandler] list=atomic
          13 features? NodeFeatures

        type NodeConfigSource
          2 configMap? ConfigMapNodeConfigSource

        type NodeCondition
          1 type! string
          2 status! string
          3 lastHeartbeatTime time
          4 lastTransitionTime time
          5 reason string
          6 message string

        type NodeAddress
          1 type! string
          2 address! string

        type NodeDaemonEndpoints
          1 kubeletEndpoint DaemonEndpoint

        type NodeSystemInfo
          1 machineID! string
          2 systemUUID! string
          3 bootID! string
          4 kernelVersion! string
          5 osImage! string
          6 containerRuntimeVersion! string
          7 kubeletVersion! string
          8 kubeProxyVersion! string
          9 operatingSystem! string
          10 architecture! string

        type NodeConfigStatus
          1 assigned? NodeConfigSource
          2 active? NodeConfigSource
          3 lastKnownGood? NodeConfigSource
          4 error string

        type NodeRuntimeHandler
          1 name= string
          2 features? NodeRuntimeHandlerFeatures

        type NodeFeatures
          1 supplementalGroupsPolicy? bool

        type NodeRuntimeHandlerFeatures
          1 recursiveReadOnlyMounts? bool
          2 userNamespaces? bool

        type AttachedVolume
          1 name! string
          2 devicePath! string

        type ContainerImage
          1 names= [string] list=atomic
          2 sizeBytes int64

        type DaemonEndpoint
          1 Port! int32

        type ConfigMapNodeConfigSource
          1 namespace! string
          2 name! string
          3 uid string
          4 resourceVersion string
          5 kubeletConfigKey! string
        """
}
