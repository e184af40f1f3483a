// SPDX-License-Identifier: Apache-2.0

internal import Documents

extension DefinitionContent {
    static var replication: DefinitionContent {
        DefinitionContent(
            description: "Carries the version that a Component has chosen into another Repository, and follows it.",
            shortNames: ["ocmrepl"],
            columns: [
                column("Version", "string", ".status.lastTransferredVersion", "The version that was carried last."),
                column(
                    "Component", "string", ".spec.componentRef.name", "The Component whose version is carried.",
                    isWide: true),
                column(
                    "Target", "string", ".spec.targetRepositoryRef.name", "The Repository that it is carried to.",
                    isWide: true),
            ],
            specification: objectSchema(
                "What is carried where.", required: ["componentRef", "targetRepositoryRef"],
                [
                    ("componentRef", SharedSchemas.reference("The Component in the same namespace.")),
                    (
                        "targetRepositoryRef",
                        SharedSchemas.reference("The Repository in the same namespace to which versions are carried.")
                    ),
                    (
                        "interval",
                        SharedSchemas.interval(
                            "How often the target is asked whether it still has all of it, beside when the component "
                                + "changes.")
                    ),
                ] + SharedSchemas.specification),
            status: [
                ("component", SharedSchemas.component),
                ("lastTransferredVersion", textSchema("The version that was carried last.")),
                (
                    "lastTransferredDigest",
                    textSchema("The digest of the component version that was carried last, in hexadecimal digits.")
                ),
                ("lastTransfer", lastTransfer), ("lastFailedTransferEvents", failures),
            ])
    }

    private static let lastTransfer = objectSchema(
        "Where and how the last version was carried, and how much moved.",
        [
            ("repositorySpec", freeSchema("The repository that it was carried to.")),
            ("recursive", flagSchema("Whether the versions that it refers to were carried too.")),
            ("copyMode", textSchema("Which resources were carried by value.")),
            ("uploadType", textSchema("How OCI artifacts are stored.")),
            (
                "versions",
                schema("integer", "How many component versions are there now.", [("format", "int64")])
            ),
            ("bytesMoved", schema("integer", "How many bytes moved.", [("format", "int64")])),
            (
                "bytesSpared",
                schema("integer", "How many bytes were there already, or were mounted.", [("format", "int64")])
            ),
        ])

    private static let failures = listSchema(
        "The operations that failed in the last transfer; none when it did not fail.",
        of: objectSchema(
            "An operation that failed.", required: ["id", "name", "error"],
            [
                ("id", textSchema("Its id in the transfer.")),
                ("name", textSchema("Its id and its kind: ID [Type].")),
                ("error", textSchema("Why it failed.")),
            ]))
}
