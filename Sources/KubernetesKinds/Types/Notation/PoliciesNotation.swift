// SPDX-License-Identifier: Apache-2.0

extension TypeNotation {
    /// Types of disruption budgets, leases, events, priorities, storage classes.
    static let policies = """
        package policy
        enum UnhealthyPodEvictionPolicyType AlwaysAllow IfHealthyBudget

        kind PodDisruptionBudget
          # How many pods may be taken away at once on purpose.
          1 metadata meta.ObjectMeta
          2 spec PodDisruptionBudgetSpec
          3 status PodDisruptionBudgetStatus

        single Eviction
          # Asks that a pod be deleted if its disruption budgets allow it.
          1 metadata meta.ObjectMeta
          2 deleteOptions? meta.DeleteOptions

        type PodDisruptionBudgetSpec
          1 minAvailable? intOrString
            # How many pods must stay, as a number or in percent.
          2 selector? meta.LabelSelector patch=replace
            # The pods that the budget is for.
          3 maxUnavailable? intOrString
            # How many pods may be missing, as a number or in percent.
          4 unhealthyPodEvictionPolicy? UnhealthyPodEvictionPolicyType

        type PodDisruptionBudgetStatus
          1 observedGeneration int64
          2 disruptedPods {time}
          3 disruptionsAllowed! int32
          4 currentHealthy! int32
          5 desiredHealthy! int32
          6 expectedPods! int32
          7 conditions [meta.Condition] patch=merge:type list=map:type

        package coordination

        kind Lease
          # Something that one holder at a time has, until it expires.
          1 metadata meta.ObjectMeta
          2 spec LeaseSpec

        type LeaseSpec
          1 holderIdentity? string
            # Who holds it.
          2 leaseDurationSeconds? int32
            # Seconds after renewTime for which it is held.
          3 acquireTime? microTime
          4 renewTime? microTime
            # When the holder last renewed it.
          5 leaseTransitions? int32
          6 strategy? string
          7 preferredHolder? string

        package events

        kind Event
          # A report of something that happened to an object.
          1 metadata= meta.ObjectMeta
          2 eventTime! microTime
          3 series? EventSeries
          4 reportingController string
          5 reportingInstance string
          6 action string
          7 reason string
          8 regarding core.ObjectReference
          9 related? core.ObjectReference
          10 note string
          11 type string
          12 deprecatedSource core.EventSource
          13 deprecatedFirstTimestamp time
          14 deprecatedLastTimestamp time
          15 deprecatedCount int32

        type EventSeries
          1 count! int32
          2 lastObservedTime! microTime

        package scheduling

        kind PriorityClass
          # A name for how important pods are.
          1 metadata meta.ObjectMeta
          2 value! int32
            # The priority; higher is more important.
          3 globalDefault bool
            # Whether pods without a class get this one.
          4 description string
          5 preemptionPolicy? core.PreemptionPolicy

        package storage
        enum VolumeBindingMode Immediate WaitForFirstConsumer

        kind StorageClass
          # A kind of storage that claims can ask for.
          1 metadata meta.ObjectMeta
          2 provisioner! string
            # What makes the volumes.
          3 parameters {string}
          4 reclaimPolicy? core.PersistentVolumeReclaimPolicy
          5 mountOptions [string] list=atomic
          6 allowVolumeExpansion? bool
          7 volumeBindingMode? VolumeBindingMode
          8 allowedTopologies [core.TopologySelectorTerm] list=atomic
        """
}
