// SPDX-License-Identifier: Apache-2.0

extension TypeNotation {
    /// Types of definitions of custom resources.
    static let definitions = """
        package extensions
        enum FieldValueErrorReason FieldValueDuplicate FieldValueForbidden FieldValueInvalid FieldValueRequired

        kind CustomResourceDefinition
          # Makes a new kind of object known to the server.
          1 metadata meta.ObjectMeta
          2 spec! CustomResourceDefinitionSpec
            # Names, scope and versions of the kind.
          3 status CustomResourceDefinitionStatus

        type CustomResourceDefinitionSpec
          1 group! string
            # The API group of the kind.
          3 names! CustomResourceDefinitionNames
            # What the kind is called.
          4 scope! string
            # Namespaced or Cluster.
          7 versions! [CustomResourceDefinitionVersion] list=atomic
            # The versions of the kind, each with its schema.
          9 conversion? CustomResourceConversion
          10 preserveUnknownFields bool

        type CustomResourceDefinitionStatus
          1 conditions= [CustomResourceDefinitionCondition] list=map:type
          2 acceptedNames= CustomResourceDefinitionNames
          3 storedVersions= [string] list=atomic

        type CustomResourceDefinitionNames
          1 plural! string
          2 singular string
          3 shortNames [string] list=atomic
          4 kind! string
          5 listKind string
          6 categories [string] list=atomic

        type CustomResourceDefinitionVersion
          1 name! string
          2 served! bool
          3 storage! bool
          7 deprecated bool
          8 deprecationWarning? string
          4 schema? CustomResourceValidation
          5 subresources? CustomResourceSubresources
          6 additionalPrinterColumns [CustomResourceColumnDefinition] list=atomic
          9 selectableFields [SelectableField] list=atomic

        type CustomResourceConversion
          1 strategy! string
          2 webhook? WebhookConversion

        type CustomResourceDefinitionCondition
          1 type! string
          2 status! string
          3 lastTransitionTime time
          4 reason string
          5 message string

        type CustomResourceValidation
          1 openAPIV3Schema? JSONSchemaProps

        type CustomResourceSubresources
          1 status? CustomResourceSubresourceStatus
          2 scale? CustomResourceSubresourceScale

        type CustomResourceColumnDefinition
          1 name! string
          2 type! string
          3 format string
          4 description string
          5 priority int32
          6 jsonPath! string

        type SelectableField
          1 jsonPath! string

        type WebhookConversion
          2 clientConfig? WebhookClientConfig
          3 conversionReviewVersions! [string] list=atomic

        type JSONSchemaProps
          1 id string
          2 $schema string
          3 $ref? string
          4 description string
          5 type string
          6 format string
          7 title string
          8 default? json
          9 maximum? double
          10 exclusiveMaximum bool
          11 minimum? double
          12 exclusiveMinimum bool
          13 maxLength? int64
          14 minLength? int64
          15 pattern string
          16 maxItems? int64
          17 minItems? int64
          18 uniqueItems bool
          19 multipleOf? double
          20 enum [json] list=atomic
          21 maxProperties? int64
          22 minProperties? int64
          23 required [string] list=atomic
          24 items? JSONSchemaPropsOrArray
          25 allOf [JSONSchemaProps] list=atomic
          26 oneOf [JSONSchemaProps] list=atomic
          27 anyOf [JSONSchemaProps] list=atomic
          28 not? JSONSchemaProps
          29 properties {JSONSchemaProps}
          30 additionalProperties? JSONSchemaPropsOrBool
          31 patternProperties {JSONSchemaProps}
          32 dependencies {JSONSchemaPropsOrStringArray}
          33 additionalItems? JSONSchemaPropsOrBool
          34 definitions {JSONSchemaProps}
          35 externalDocs? ExternalDocumentation
          36 example? json
          37 nullable bool
          38 x-kubernetes-preserve-unknown-fields? bool
          39 x-kubernetes-embedded-resource bool
          40 x-kubernetes-int-or-string bool
          41 x-kubernetes-list-map-keys [string] list=atomic
          42 x-kubernetes-list-type? string
          43 x-kubernetes-map-type? string
          44 x-kubernetes-validations [ValidationRule] patch=merge:rule list=map:rule

        type CustomResourceSubresourceStatus

        type CustomResourceSubresourceScale
          1 specReplicasPath! string
          2 statusReplicasPath! string
          3 labelSelectorPath? string

        type WebhookClientConfig
          3 url? string
          1 service? ServiceReference
          2 caBundle bytes

        union JSONSchemaPropsOrArray
          1 schema JSONSchemaProps
          2 items [JSONSchemaProps]

        union JSONSchemaPropsOrBool
          1 allows bool
          2 schema JSONSchemaProps

        union JSONSchemaPropsOrStringArray
          1 schema JSONSchemaProps
          2 names [string]

        type ExternalDocumentation
          1 description string
          2 url string

        type ValidationRule
          1 rule! string
          2 message string
          3 messageExpression string
          4 reason? FieldValueErrorReason
          5 fieldPath string
          6 optionalOldSelf? bool

        type ServiceReference
          1 namespace! string
          2 name! string
          3 path? string
          4 port? int32
        """
}
