// SPDX-License-Identifier: Apache-2.0

extension TypeNotation {
    /// Types of metadata of objects and lists, options of requests.
    static let metadata = """
        package meta

        single DeleteOptions
          1 gracePeriodSeconds? int64
          2 preconditions? Preconditions
          3 orphanDependents? bool
          4 propagationPolicy? string
          5 dryRun [string] list=atomic
          6 ignoreStoreReadErrorWithClusterBreakingPotential? bool

        single CreateOptions
          1 dryRun [string] list=atomic
          3 fieldManager string
          4 fieldValidation string

        single UpdateOptions
          1 dryRun [string] list=atomic
          2 fieldManager string
          3 fieldValidation string

        single PatchOptions
          1 dryRun [string] list=atomic
          2 force? bool
          3 fieldManager string
          4 fieldValidation string

        single Status
          1 metadata ListMeta
          2 status string
          3 message string
          4 reason string
          5 details? StatusDetails list=atomic
          6 code int32

        type ObjectMeta
          # What every stored object has: names, labels, owners, versions.
          1 name string
            # Name of the object, unique among its kind and namespace; cannot be changed.
          2 generateName string
            # Start of a name that the server completes.
          3 namespace string
            # The namespace of the object; cannot be changed.
          4 selfLink string
          5 uid string
            # Tells objects of the same name over time apart; set by the server.
          6 resourceVersion string
            # Changes with every change of the object; has no other meaning.
          7 generation int64
            # Counts the changes of what is wanted; set by the server.
          8 creationTimestamp time
            # When the object was made; set by the server.
          9 deletionTimestamp? time
            # When deletion was asked for; set by the server.
          10 deletionGracePeriodSeconds? int64
          11 labels {string}
            # Short texts by which objects are selected.
          12 annotations {string}
            # Texts for programs and people; not for selecting.
          13 ownerReferences [OwnerReference] patch=merge:uid list=map:uid
            # Objects without which this one is to be deleted.
          14 finalizers [string] patch=merge list=set
            # Names of what has to be done before the object vanishes.
          17 managedFields [ManagedFieldsEntry] list=atomic
            # Who has set which fields.

        type Preconditions
          1 uid? string
          2 resourceVersion? string

        type ListMeta
          1 selfLink string
          2 resourceVersion string
          3 continue string
          4 remainingItemCount? int64

        type StatusDetails
          1 name string
          2 group string
          3 kind string
          6 uid string
          4 causes [StatusCause] list=atomic
          5 retryAfterSeconds int32

        type APIResource
          1 name! string
          6 singularName! string
          2 namespaced! bool
          8 group string
          9 version string
          3 kind! string
          4 verbs! [string]
          5 shortNames [string] list=atomic
          7 categories [string] list=atomic
          10 storageVersionHash string

        type OwnerReference map=atomic
          5 apiVersion! string
          1 kind! string
          3 name! string
          4 uid! string
          6 controller? bool
          7 blockOwnerDeletion? bool

        type ManagedFieldsEntry
          1 manager string
          2 operation string
          3 apiVersion string
          4 time? time
          6 fieldsType string
          7 fieldsV1? fields
          8 subresource string

        type Condition
          1 type! string
          2 status! string
          3 observedGeneration int64
          4 lastTransitionTime! time
          5 reason! string
          6 message! string

        type LabelSelector map=atomic
          # Conditions on labels; all of them must hold.
          1 matchLabels {string}
            # Labels that must be there with these values.
          2 matchExpressions [LabelSelectorRequirement] list=atomic
            # Conditions with operators.

        type StatusCause
          1 reason string
          2 message string
          3 field string

        type LabelSelectorRequirement
          1 key! string
          2 operator! string
          3 values [string] list=atomic

        type FieldSelectorRequirement
          1 key! string
          2 operator! string
          3 values [string] list=atomic
        """
}
