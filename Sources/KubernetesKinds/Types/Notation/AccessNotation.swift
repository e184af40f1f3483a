// SPDX-License-Identifier: Apache-2.0

extension TypeNotation {
    /// Types of roles, bindings, reviews and tokens.
    static let access = """
        package rbac

        kind Role
          # Rights in one namespace.
          1 metadata meta.ObjectMeta
          2 rules= [PolicyRule] list=atomic
            # The rights.

        kind RoleBinding
          # Gives rights in one namespace to users, groups and service accounts.
          1 metadata meta.ObjectMeta
          2 subjects [Subject] list=atomic
            # Who gets the rights.
          3 roleRef! RoleRef
            # The role that is given; cannot be changed.

        kind ClusterRole
          # Rights in the whole cluster, or for use in any namespace.
          1 metadata meta.ObjectMeta
          2 rules= [PolicyRule] list=atomic
            # The rights.
          3 aggregationRule? AggregationRule

        kind ClusterRoleBinding
          # Gives rights in the whole cluster to users, groups and service accounts.
          1 metadata meta.ObjectMeta
          2 subjects [Subject] list=atomic
            # Who gets the rights.
          3 roleRef! RoleRef
            # The role that is given; cannot be changed.

        type PolicyRule
          1 verbs! [string] list=atomic
            # What may be done; * for everything.
          2 apiGroups [string] list=atomic
            # The groups of the resources; "" for the core group.
          3 resources [string] list=atomic
            # The resources; * for all.
          4 resourceNames [string] list=atomic
            # The objects, if not all of the resource.
          5 nonResourceURLs [string] list=atomic
            # Paths that are no resources, such as /healthz.

        type Subject map=atomic
          1 kind! string
          2 apiGroup string
          3 name! string
          4 namespace string

        type RoleRef map=atomic
          1 apiGroup! string
          2 kind! string
          3 name! string

        type AggregationRule
          1 clusterRoleSelectors [meta.LabelSelector] list=atomic

        package authorization

        single SelfSubjectAccessReview
          # Asks whether the one who asks may do something.
          1 metadata meta.ObjectMeta
          2 spec! SelfSubjectAccessReviewSpec
          3 status SubjectAccessReviewStatus

        single SelfSubjectRulesReview
          # Asks what the one who asks may do in a namespace.
          1 metadata meta.ObjectMeta
          2 spec! SelfSubjectRulesReviewSpec
          3 status SubjectRulesReviewStatus

        single SubjectAccessReview
          # Asks whether somebody may do something.
          1 metadata meta.ObjectMeta
          2 spec! SubjectAccessReviewSpec
          3 status SubjectAccessReviewStatus

        single LocalSubjectAccessReview
          # Asks whether somebody may do something in one namespace.
          1 metadata meta.ObjectMeta
          2 spec! SubjectAccessReviewSpec
          3 status SubjectAccessReviewStatus

        type SelfSubjectAccessReviewSpec
          1 resourceAttributes? ResourceAttributes
          2 nonResourceAttributes? NonResourceAttributes

        type SubjectAccessReviewStatus
          1 allowed! bool
          4 denied bool
          2 reason string
          3 evaluationError string

        type SelfSubjectRulesReviewSpec
          1 namespace string

        type SubjectRulesReviewStatus
          1 resourceRules! [ResourceRule] list=atomic
          2 nonResourceRules! [NonResourceRule] list=atomic
          3 incomplete! bool
          4 evaluationError string

        type SubjectAccessReviewSpec
          1 resourceAttributes? ResourceAttributes
          2 nonResourceAttributes? NonResourceAttributes
          3 user string
          4 groups [string] list=atomic
          5 extra {extra}
          6 uid string

        type ResourceAttributes
          1 namespace string
          2 verb string
          3 group string
          4 version string
          5 resource string
          6 subresource string
          7 name string
          8 fieldSelector? FieldSelectorAttributes
          9 labelSelector? LabelSelectorAttributes

        type NonResourceAttributes
          1 path string
          2 verb string

        type ResourceRule
          1 verbs! [string] list=atomic
          2 apiGroups [string] list=atomic
          3 resources [string] list=atomic
          4 resourceNames [string] list=atomic

        type NonResourceRule
          1 verbs! [string] list=atomic
          2 nonResourceURLs [string] list=atomic

        type FieldSelectorAttributes
          1 rawSelector string
          2 requirements [meta.FieldSelectorRequirement] list=atomic

        type LabelSelectorAttributes
          1 rawSelector string
          2 requirements [meta.LabelSelectorRequirement] list=atomic

        package authentication

        single TokenRequest
          # Asks for a token of a service account.
          1 metadata meta.ObjectMeta
          2 spec! TokenRequestSpec
          3 status TokenRequestStatus

        single SelfSubjectReview
          # Asks who the one who asks is.
          1 metadata meta.ObjectMeta
          2 status SelfSubjectReviewStatus

        single TokenReview
          # Asks whether a token is good, and whose it is.
          1 metadata meta.ObjectMeta
          2 spec! TokenReviewSpec
          3 status TokenReviewStatus

        type TokenRequestSpec
          1 audiences! [string] list=atomic
          4 expirationSeconds? int64
          3 boundObjectRef? BoundObjectReference

        type TokenRequestStatus
          1 token! string
          2 expirationTimestamp! time

        type SelfSubjectReviewStatus
          1 userInfo UserInfo

        type TokenReviewSpec
          1 token string
          2 audiences [string] list=atomic

        type TokenReviewStatus
          1 authenticated bool
          2 user UserInfo
          4 audiences [string] list=atomic
          3 error string

        type BoundObjectReference
          1 kind string
          2 apiVersion string
          3 name string
          4 uid string

        type UserInfo
          1 username string
          2 uid string
          3 groups [string] list=atomic
          4 extra {extra}
        """
}
