// SPDX-License-Identifier: Apache-2.0

extension TypeNotation {
    /// Types of where pods run: affinity, tolerations, topology.
    static let placement = """
        package core
        enum NodeInclusionPolicy Honor Ignore
        enum NodeSelectorOperator DoesNotExist Exists Gt In Lt NotIn
        enum TaintEffect NoExecute NoSchedule PreferNoSchedule
        enum TolerationOperator Equal Exists
        enum UnsatisfiableConstraintAction DoNotSchedule ScheduleAnyway

        type Affinity
          1 nodeAffinity? NodeAffinity
          2 podAffinity? PodAffinity
          3 podAntiAffinity? PodAntiAffinity

        type NodeAffinity
          1 requiredDuringSchedulingIgnoredDuringExecution? NodeSelector
          2 preferredDuringSchedulingIgnoredDuringExecution [PreferredSchedulingTerm] list=atomic

        type PodAffinity
          1 requiredDuringSchedulingIgnoredDuringExecution [PodAffinityTerm] list=atomic
          2 preferredDuringSchedulingIgnoredDuringExecution [WeightedPodAffinityTerm] list=atomic

        type PodAntiAffinity
          1 requiredDuringSchedulingIgnoredDuringExecution [PodAffinityTerm] list=atomic
          2 preferredDuringSchedulingIgnoredDuringExecution [WeightedPodAffinityTerm] list=atomic

        type PodAffinityTerm
          1 labelSelector? meta.LabelSelector
          2 namespaces [string] list=atomic
          3 topologyKey! string
          4 namespaceSelector? meta.LabelSelector
          5 matchLabelKeys [string] list=atomic
          6 mismatchLabelKeys [string] list=atomic

        type WeightedPodAffinityTerm
          1 weight! int32
          2 podAffinityTerm! PodAffinityTerm

        type PreferredSchedulingTerm
          1 weight! int32
          2 preference! NodeSelectorTerm

        type NodeSelector map=atomic
          1 nodeSelectorTerms! [NodeSelectorTerm] list=atomic

        type NodeSelectorTerm map=atomic
          1 matchExpressions [NodeSelectorRequirement] list=atomic
          2 matchFields [NodeSelectorRequirement] list=atomic

        type NodeSelectorRequirement
          1 key! string
          2 operator! NodeSelectorOperator
          3 values [string] list=atomic

        type Toleration
          1 key string
          2 operator TolerationOperator
          3 value string
          4 effect TaintEffect
          5 tolerationSeconds? int64

        type Taint
          1 key! string
          2 value string
          3 effect! TaintEffect
          4 timeAdded? time

        type TopologySpreadConstraint
          1 maxSkew! int32
          2 topologyKey! string
          3 whenUnsatisfiable! UnsatisfiableConstraintAction
          4 labelSelector? meta.LabelSelector
          5 minDomains? int32
          6 nodeAffinityPolicy? NodeInclusionPolicy
          7 nodeTaintsPolicy? NodeInclusionPolicy
          8 matchLabelKeys [string] list=atomic

        type TopologySelectorTerm map=atomic
          1 matchLabelExpressions [TopologySelectorLabelRequirement] list=atomic

        type TopologySelectorLabelRequirement
          1 key! string
          2 values! [string] list=atomic
        """
}
