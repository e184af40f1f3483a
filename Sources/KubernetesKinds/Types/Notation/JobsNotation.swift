// SPDX-License-Identifier: Apache-2.0

extension TypeNotation {
    /// Types of jobs and cron jobs.
    static let jobs = """
        package batch
        enum CompletionMode Indexed NonIndexed
        enum ConcurrencyPolicy Allow Forbid Replace
        enum PodFailurePolicyAction Count FailIndex FailJob Ignore
        enum PodFailurePolicyOnExitCodesOperator In NotIn
        enum PodReplacementPolicy Failed TerminatingOrFailed

        kind Job
          # Runs pods until a number of them have succeeded.
          1 metadata meta.ObjectMeta
          2 spec JobSpec
            # What is to be run, and how often.
          3 status JobStatus

        kind CronJob
          # Makes jobs at the times of a schedule.
          1 metadata meta.ObjectMeta
          2 spec CronJobSpec
          3 status CronJobStatus

        type JobSpec
          1 parallelism? int32
            # How many pods run at once at most.
          2 completions? int32
            # How many pods must succeed.
          3 activeDeadlineSeconds? int64
          11 podFailurePolicy? PodFailurePolicy
          16 successPolicy? SuccessPolicy
          7 backoffLimit? int32
            # How many failures are accepted; 6 if not given.
          12 backoffLimitPerIndex? int32
          13 maxFailedIndexes? int32
          4 selector? meta.LabelSelector
          5 manualSelector? bool
          6 template! core.PodTemplateSpec
            # The pods that are run.
          8 ttlSecondsAfterFinished? int32
            # Seconds after which a finished job is deleted.
          9 completionMode? CompletionMode
          10 suspend? bool
            # Whether no pods are made for now.
          14 podReplacementPolicy? PodReplacementPolicy
          15 managedBy? string

        type JobStatus
          1 conditions [JobCondition] patch=merge:type list=atomic
          2 startTime? time
          3 completionTime? time
          4 active int32
          5 succeeded int32
          6 failed int32
          11 terminating? int32
          7 completedIndexes string
          10 failedIndexes? string
          8 uncountedTerminatedPods? UncountedTerminatedPods
          9 ready? int32

        type CronJobSpec
          1 schedule! string
            # When jobs are made, in five fields as cron has them.
          8 timeZone? string
            # Name of the time zone that the schedule is meant in.
          2 startingDeadlineSeconds? int64
          3 concurrencyPolicy ConcurrencyPolicy
            # What happens when the last job still runs: Allow, Forbid or Replace.
          4 suspend? bool
            # Whether no jobs are made for now.
          5 jobTemplate! JobTemplateSpec
            # The jobs that are made.
          6 successfulJobsHistoryLimit? int32
          7 failedJobsHistoryLimit? int32

        type CronJobStatus
          1 active [core.ObjectReference] list=atomic
          4 lastScheduleTime? time
          5 lastSuccessfulTime? time

        type PodFailurePolicy
          1 rules! [PodFailurePolicyRule] list=atomic

        type SuccessPolicy
          1 rules! [SuccessPolicyRule] list=atomic

        type JobCondition
          1 type! string
          2 status! string
          3 lastProbeTime time
          4 lastTransitionTime time
          5 reason string
          6 message string

        type UncountedTerminatedPods
          1 succeeded [string] list=set
          2 failed [string] list=set

        type JobTemplateSpec
          1 metadata meta.ObjectMeta
          2 spec JobSpec

        type PodFailurePolicyRule
          1 action! PodFailurePolicyAction
          2 onExitCodes? PodFailurePolicyOnExitCodesRequirement
          3 onPodConditions [PodFailurePolicyOnPodConditionsPattern] list=atomic

        type SuccessPolicyRule
          1 succeededIndexes? string
          2 succeededCount? int32

        type PodFailurePolicyOnExitCodesRequirement
          1 containerName? string
          2 operator! PodFailurePolicyOnExitCodesOperator
          3 values! [int32] list=set

        type PodFailurePolicyOnPodConditionsPattern
          1 type! string
          2 status! string
        """
}
