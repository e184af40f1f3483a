// SPDX-License-Identifier: Apache-2.0

extension TypeNotation {
    /// Types of deployments and their kin.
    static let workloads = """
        package apps
        enum DaemonSetUpdateStrategyType OnDelete RollingUpdate
        enum DeploymentStrategyType Recreate RollingUpdate
        enum PodManagementPolicyType OrderedReady Parallel
        enum StatefulSetUpdateStrategyType OnDelete RollingUpdate

        kind Deployment
          # Keeps a number of equal pods running and replaces them step by step when their description changes.
          1 metadata meta.ObjectMeta
          2 spec DeploymentSpec
            # The pods that are wanted and how they are replaced.
          3 status DeploymentStatus
            # How far the wanted state is reached.

        kind ReplicaSet
          # Keeps a number of equal pods running.
          1 metadata meta.ObjectMeta
          2 spec ReplicaSetSpec
          3 status ReplicaSetStatus

        kind StatefulSet
          # Keeps pods running that have stable names and volumes of their own.
          1 metadata meta.ObjectMeta
          2 spec StatefulSetSpec
          3 status StatefulSetStatus

        kind DaemonSet
          # Runs one pod on every node, or on every node of some kind.
          1 metadata meta.ObjectMeta
          2 spec DaemonSetSpec
          3 status DaemonSetStatus

        kind ControllerRevision
          # A state that a controller has stored to be able to go back to it.
          1 metadata meta.ObjectMeta
          2 data raw
          3 revision! int64

        type DeploymentSpec
          1 replicas? int32
            # How many pods are wanted; 1 if not given.
          2 selector! meta.LabelSelector
            # Finds the pods of this deployment; must match the labels of the template and cannot be changed.
          3 template! core.PodTemplateSpec
            # The pods that are made.
          4 strategy DeploymentStrategy patch=retainKeys
            # How old pods are replaced by new ones.
          5 minReadySeconds int32
            # Seconds a new pod must be ready to count as available.
          6 revisionHistoryLimit? int32
            # How many old replica sets are kept for going back; 10 if not given.
          7 paused bool
            # Whether changes of the template wait.
          9 progressDeadlineSeconds? int32
            # Seconds without progress after which the deployment is said to have failed; 600 if not given.

        type DeploymentStatus
          1 observedGeneration int64
          2 replicas int32
          3 updatedReplicas int32
          7 readyReplicas int32
          4 availableReplicas int32
          5 unavailableReplicas int32
          6 conditions [DeploymentCondition] patch=merge:type list=map:type
          8 collisionCount? int32

        type ReplicaSetSpec
          1 replicas? int32
          4 minReadySeconds int32
          2 selector! meta.LabelSelector
          3 template core.PodTemplateSpec

        type ReplicaSetStatus
          1 replicas! int32
          2 fullyLabeledReplicas int32
          4 readyReplicas int32
          5 availableReplicas int32
          3 observedGeneration int64
          6 conditions [ReplicaSetCondition] patch=merge:type list=map:type

        type StatefulSetSpec
          1 replicas? int32
          2 selector! meta.LabelSelector
          3 template! core.PodTemplateSpec
          4 volumeClaimTemplates [core.PersistentVolumeClaim] list=atomic
          5 serviceName! string
          6 podManagementPolicy PodManagementPolicyType
          7 updateStrategy StatefulSetUpdateStrategy
          8 revisionHistoryLimit? int32
          9 minReadySeconds int32
          10 persistentVolumeClaimRetentionPolicy? StatefulSetPersistentVolumeClaimRetentionPolicy
          11 ordinals? StatefulSetOrdinals

        type StatefulSetStatus
          1 observedGeneration int64
          2 replicas! int32
          3 readyReplicas int32
          4 currentReplicas int32
          5 updatedReplicas int32
          6 currentRevision string
          7 updateRevision string
          9 collisionCount? int32
          10 conditions [StatefulSetCondition] patch=merge:type list=map:type
          11 availableReplicas= int32

        type DaemonSetSpec
          1 selector! meta.LabelSelector
          2 template! core.PodTemplateSpec
          3 updateStrategy DaemonSetUpdateStrategy
          4 minReadySeconds int32
          6 revisionHistoryLimit? int32

        type DaemonSetStatus
          1 currentNumberScheduled! int32
          2 numberMisscheduled! int32
          3 desiredNumberScheduled! int32
          4 numberReady! int32
          5 observedGeneration int64
          6 updatedNumberScheduled int32
          7 numberAvailable int32
          8 numberUnavailable int32
          9 collisionCount? int32
          10 conditions [DaemonSetCondition] patch=merge:type list=map:type

        type DeploymentStrategy
          1 type DeploymentStrategyType
          2 rollingUpdate? RollingUpdateDeployment

        type DeploymentCondition
          1 type! string
          2 status! string
          6 lastUpdateTime time
          7 lastTransitionTime time
          4 reason string
          5 message string

        type ReplicaSetCondition
          1 type! string
          2 status! string
          3 lastTransitionTime time
          4 reason string
          5 message string

        type StatefulSetUpdateStrategy
          1 type StatefulSetUpdateStrategyType
          2 rollingUpdate? RollingUpdateStatefulSetStrategy

        type StatefulSetPersistentVolumeClaimRetentionPolicy
          1 whenDeleted string
          2 whenScaled string

        type StatefulSetOrdinals
          1 start= int32

        type StatefulSetCondition
          1 type! string
          2 status! string
          3 lastTransitionTime time
          4 reason string
          5 message string

        type DaemonSetUpdateStrategy
          1 type DaemonSetUpdateStrategyType
          2 rollingUpdate? RollingUpdateDaemonSet

        type DaemonSetCondition
          1 type! string
          2 status! string
          3 lastTransitionTime time
          4 reason string
          5 message string

        type RollingUpdateDeployment
          1 maxUnavailable? intOrString
          2 maxSurge? intOrString

        type RollingUpdateStatefulSetStrategy
          1 partition? int32
          2 maxUnavailable? intOrString

        type RollingUpdateDaemonSet
          1 maxUnavailable? intOrString
          2 maxSurge? intOrString
        """
}
