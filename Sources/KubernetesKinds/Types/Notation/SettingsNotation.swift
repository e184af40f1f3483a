// SPDX-License-Identifier: Apache-2.0

extension TypeNotation {
    /// Types of namespaces, config maps, secrets, accounts, quotas, events, references.
    static let settings = """
        package core
        enum NamespacePhase Active Terminating
        enum ResourceQuotaScope BestEffort CrossNamespacePodAffinity NotBestEffort NotTerminating PriorityClass Terminating
        enum ScopeSelectorOperator DoesNotExist Exists In NotIn

        kind Namespace
          # A scope for names: objects in different namespaces may have the same name.
          1 metadata meta.ObjectMeta
          2 spec NamespaceSpec
            # What keeps the namespace from vanishing before it is empty.
          3 status NamespaceStatus
            # Whether the namespace is in use or being emptied.

        type NamespaceSpec
          1 finalizers [string] list=atomic

        type NamespaceStatus
          1 phase NamespacePhase
          2 conditions [NamespaceCondition] patch=merge:type list=map:type

        type NamespaceCondition
          1 type! string
          2 status! string
          4 lastTransitionTime time
          5 reason string
          6 message string

        kind ConfigMap
          # Configuration as texts and bytes under keys, for pods and controllers to read.
          1 metadata meta.ObjectMeta
          4 immutable? bool
            # If true, the data can no longer be changed; only the metadata can.
          2 data {string}
            # Texts by key; a key stands in data or in binaryData, not in both.
          3 binaryData {bytes}
            # Bytes by key, in base64.

        kind Secret
          # Confidential values under keys: passwords, tokens, certificates.
          1 metadata meta.ObjectMeta
          5 immutable? bool
            # If true, the data can no longer be changed; only the metadata can.
          2 data {bytes}
            # Values by key, in base64.
          4 stringData {string}
            # Values by key as plain text; written into data, never returned.
          3 type string
            # What the secret is for; says which keys it has to have. Opaque if not given.

        kind ServiceAccount
          # An identity for programs that run in pods.
          1 metadata meta.ObjectMeta
          2 secrets [ObjectReference] patch=merge:name list=map:name
            # Secrets that pods of this account may use.
          3 imagePullSecrets [LocalObjectReference] list=atomic
            # Secrets for pulling images, given to all pods of this account.
          4 automountServiceAccountToken? bool

        kind ResourceQuota
          # Limits on what a namespace may use in all.
          1 metadata meta.ObjectMeta
          2 spec ResourceQuotaSpec
            # The limits.
          3 status ResourceQuotaStatus

        type ResourceQuotaSpec
          1 hard {quantity}
          2 scopes [ResourceQuotaScope] list=atomic
          3 scopeSelector? ScopeSelector

        type ResourceQuotaStatus
          1 hard {quantity}
          2 used {quantity}

        type ScopeSelector map=atomic
          1 matchExpressions [ScopedResourceSelectorRequirement] list=atomic

        type ScopedResourceSelectorRequirement
          1 scopeName! ResourceQuotaScope
          2 operator! ScopeSelectorOperator
          3 values [string] list=atomic

        kind LimitRange
          # Limits and defaults for each pod and container of a namespace.
          1 metadata meta.ObjectMeta
          2 spec LimitRangeSpec

        type LimitRangeSpec
          1 limits! [LimitRangeItem] list=atomic

        type LimitRangeItem
          1 type! string
          2 max {quantity}
          3 min {quantity}
          4 default {quantity}
          5 defaultRequest {quantity}
          6 maxLimitRequestRatio {quantity}

        kind Event
          # A report of something that happened to an object.
          1 metadata! meta.ObjectMeta
          2 involvedObject! ObjectReference
          3 reason string
          4 message string
          5 source EventSource
          6 firstTimestamp time
          7 lastTimestamp time
          8 count int32
          9 type string
          10 eventTime microTime
          11 series? EventSeries
          12 action string
          13 related? ObjectReference
          14 reportingComponent= string
          15 reportingInstance= string

        type EventSeries
          1 count int32
          2 lastObservedTime microTime

        type EventSource
          1 component string
          2 host string

        type ObjectReference map=atomic
          1 kind string
          2 namespace string
          3 name string
          4 uid string
          5 apiVersion string
          6 resourceVersion string
          7 fieldPath string

        type LocalObjectReference map=atomic
          1 name string

        type TypedLocalObjectReference map=atomic
          1 apiGroup? string
          2 kind! string
          3 name! string

        type TypedObjectReference
          1 apiGroup? string
          2 kind! string
          3 name! string
          4 namespace? string

        type SecretReference map=atomic
          1 name string
          2 namespace string
        """
}
