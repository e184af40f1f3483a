// SPDX-License-Identifier: Apache-2.0

internal import Documents

// Schemas of what several kinds have in common.
enum SharedSchemas {
    /// An element of `ocmConfig` and `effectiveOCMConfig`.
    private static let configuration = objectSchema(
        "Names a Secret or ConfigMap with configuration, or an object of this group whose configuration is taken over.",
        required: ["policy"],
        [
            ("apiVersion", textSchema("v1 for Secrets and ConfigMaps, which is also meant when it is missing.")),
            ("kind", textSchema("Secret, ConfigMap, Repository, Component, Resource or Replication.")),
            ("name", textSchema("The name of what is referred to.")),
            ("namespace", textSchema("Its namespace; that of the object itself when it is missing.")),
            (
                "policy",
                wordSchema(
                    "Whether objects that refer to this one, and have no configuration of their own, use it too.",
                    ["Propagate", "DoNotPropagate"], byDefault: "Propagate")
            ),
            ("secretRef", reference("The same as kind Secret with this name.")),
            ("configMapRef", reference("The same as kind ConfigMap with this name.")),
        ],
        [
            rules(
                (
                    """
                    (has(self.kind) && has(self.name) && !has(self.secretRef) && !has(self.configMapRef)) || \
                    (!has(self.kind) && !has(self.name) && has(self.secretRef) != has(self.configMapRef))
                    """,
                    "give either kind and name, or secretRef, or configMapRef"
                ),
                (
                    """
                    !has(self.kind) || ((!has(self.apiVersion) || self.apiVersion == "" || self.apiVersion == "v1") && \
                    self.kind in ["Secret", "ConfigMap"]) || (has(self.apiVersion) && \
                    self.apiVersion == "delivery.ocm.software/v1alpha1" && \
                    self.kind in ["Repository", "Component", "Resource", "Replication"])
                    """,
                    """
                    apiVersion must be "v1" for a Secret or ConfigMap, and "delivery.ocm.software/v1alpha1" for a \
                    Repository, Component, Resource or Replication
                    """
                ))
        ])

    static func reference(_ description: String) -> JSON {
        objectSchema(
            description, [("name", textSchema("Its name.", [("default", "")]))], [("x-kubernetes-map-type", "atomic")])
    }

    /// The members that every specification has.
    static let specification: [(String, JSON)] = [
        (
            "ocmConfig",
            listSchema(
                "Configuration, credentials among them, in the order in which it is applied. Without any, what the object "
                    + "that this one refers to propagates is used.", of: configuration, [("maxItems", 64)])
        ),
        ("suspend", flagSchema("Whether nothing is done until it is false again. Deleting works all the same.")),
    ]

    static func interval(_ description: String) -> JSON { textSchema(description + " Written as in 10m or 1h30m.") }

    static let digest = objectSchema(
        "A digest, and what it was made of.", required: ["hashAlgorithm", "normalisationAlgorithm", "value"],
        [
            ("hashAlgorithm", textSchema("How it was hashed: SHA-256 or SHA-512.")),
            ("normalisationAlgorithm", textSchema("What was hashed.")),
            ("value", textSchema("The digest in hexadecimal digits.")),
        ])

    /// `status.component`.
    static let component = objectSchema(
        "The component version that was resolved.", required: ["component", "version", "repositorySpec"],
        [
            ("component", textSchema("The component's name.")),
            ("version", textSchema("Its version, as the component writes it.")),
            ("repositorySpec", freeSchema("Where it was found.")),
            ("digest", digest),
        ])

    private static let condition = objectSchema(
        "One thing that is so, is not so, or is not known.",
        required: ["type", "status", "reason", "message", "lastTransitionTime"],
        [
            (
                "type",
                textSchema(
                    "What it is about: Ready, Reconciling or Stalled.",
                    [
                        ("maxLength", 316),
                        (
                            "pattern",
                            #"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$"#
                        ),
                    ])
            ),
            ("status", wordSchema("Whether it is so.", ["True", "False", "Unknown"])),
            (
                "reason",
                textSchema(
                    "Why, as one word for programs.",
                    [
                        ("minLength", 1), ("maxLength", 1024),
                        ("pattern", "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$"),
                    ])
            ),
            ("message", textSchema("Why, for people.", [("maxLength", 32768)])),
            ("lastTransitionTime", textSchema("Since when it is so.", [("format", "date-time")])),
            (
                "observedGeneration",
                schema(
                    "integer", "For which generation it was found out.", [("format", "int64"), ("minimum", 0)])
            ),
        ])

    /// The members that every status has.
    static let status: [(String, JSON)] = [
        (
            "observedGeneration",
            schema(
                "integer", "The last generation that was brought to an end, well or stalled.", [("format", "int64")])
        ),
        ("conditions", listSchema("How it is with the object.", of: condition)),
        (
            "effectiveOCMConfig",
            listSchema("The configuration that was applied, in its order.", of: configuration)
        ),
        (
            "lastHandledReconcileAt",
            textSchema("The value of the annotation reconcile.fluxcd.io/requestedAt that was heeded last.")
        ),
    ]
}
