// SPDX-License-Identifier: Apache-2.0

extension TypeNotation {
    /// Types of autoscalers and scales.
    static let autoscaling = """
        package autoscaling

        kind HorizontalPodAutoscaler
          # Changes the number of pods by what they are measured to use.
          1 metadata meta.ObjectMeta
          2 spec HorizontalPodAutoscalerSpec
          3 status HorizontalPodAutoscalerStatus

        type HorizontalPodAutoscalerSpec
          1 scaleTargetRef! CrossVersionObjectReference
            # The object whose number of pods is changed.
          2 minReplicas? int32
            # The fewest pods; 1 if not given.
          3 maxReplicas! int32
            # The most pods.
          4 metrics [MetricSpec] list=atomic
            # What is measured and which values are wanted.
          5 behavior? HorizontalPodAutoscalerBehavior

        type HorizontalPodAutoscalerStatus
          1 observedGeneration? int64
          2 lastScaleTime? time
          3 currentReplicas int32
          4 desiredReplicas! int32
          5 currentMetrics= [MetricStatus] list=atomic
          6 conditions [HorizontalPodAutoscalerCondition] patch=merge:type list=map:type

        type CrossVersionObjectReference
          1 kind! string
          2 name! string
          3 apiVersion string

        type MetricSpec
          1 type! string
          2 object? ObjectMetricSource
          3 pods? PodsMetricSource
          4 resource? ResourceMetricSource
          7 containerResource? ContainerResourceMetricSource
          5 external? ExternalMetricSource

        type HorizontalPodAutoscalerBehavior
          1 scaleUp? HPAScalingRules
          2 scaleDown? HPAScalingRules

        type MetricStatus
          1 type! string
          2 object? ObjectMetricStatus
          3 pods? PodsMetricStatus
          4 resource? ResourceMetricStatus
          7 containerResource? ContainerResourceMetricStatus
          5 external? ExternalMetricStatus

        type HorizontalPodAutoscalerCondition
          1 type! string
          2 status! string
          3 lastTransitionTime time
          4 reason string
          5 message string

        type ObjectMetricSource
          1 describedObject! CrossVersionObjectReference
          2 target! MetricTarget
          3 metric! MetricIdentifier

        type PodsMetricSource
          1 metric! MetricIdentifier
          2 target! MetricTarget

        type ResourceMetricSource
          1 name! string
          2 target! MetricTarget

        type ContainerResourceMetricSource
          1 name! string
          2 target! MetricTarget
          3 container! string

        type ExternalMetricSource
          1 metric! MetricIdentifier
          2 target! MetricTarget

        type HPAScalingRules
          3 stabilizationWindowSeconds? int32
          1 selectPolicy? string
          2 policies [HPAScalingPolicy] list=atomic

        type ObjectMetricStatus
          1 metric! MetricIdentifier
          2 current! MetricValueStatus
          3 describedObject! CrossVersionObjectReference

        type PodsMetricStatus
          1 metric! MetricIdentifier
          2 current! MetricValueStatus

        type ResourceMetricStatus
          1 name! string
          2 current! MetricValueStatus

        type ContainerResourceMetricStatus
          1 name! string
          2 current! MetricValueStatus
          3 container! string

        type ExternalMetricStatus
          1 metric! MetricIdentifier
          2 current! MetricValueStatus

        type MetricTarget
          1 type! string
          2 value? quantity
          3 averageValue? quantity
          4 averageUtilization? int32

        type MetricIdentifier
          1 name! string
          2 selector? meta.LabelSelector

        type HPAScalingPolicy
          1 type! string
          2 value! int32
          3 periodSeconds! int32

        type MetricValueStatus
          1 value? quantity
          2 averageValue? quantity
          3 averageUtilization? int32

        package autoscalingv1

        kind HorizontalPodAutoscaler
          # Changes the number of pods by the processor time that they use.
          1 metadata meta.ObjectMeta
          2 spec HorizontalPodAutoscalerSpec
          3 status HorizontalPodAutoscalerStatus

        type HorizontalPodAutoscalerSpec
          1 scaleTargetRef! CrossVersionObjectReference
            # The object whose number of pods is changed.
          2 minReplicas? int32
            # The fewest pods; 1 if not given.
          3 maxReplicas! int32
            # The most pods.
          4 targetCPUUtilizationPercentage? int32
            # The share of the requested processor time that the pods should use on average.

        type HorizontalPodAutoscalerStatus
          1 observedGeneration? int64
          2 lastScaleTime? time
          3 currentReplicas! int32
          4 desiredReplicas! int32
          5 currentCPUUtilizationPercentage? int32

        type CrossVersionObjectReference
          1 kind! string
          2 name! string
          3 apiVersion string

        single Scale
          # How many pods an object wants, and how many it has.
          1 metadata meta.ObjectMeta
          2 spec ScaleSpec
          3 status ScaleStatus

        type ScaleSpec
          1 replicas int32

        type ScaleStatus
          1 replicas! int32
          2 selector string
        """
}
