// SPDX-License-Identifier: Apache-2.0

internal import Documents

extension DefinitionContent {
    static var deployer: DefinitionContent {
        DefinitionContent(
            description:
                "Applies the manifests that a resource holds to the cluster, and removes what is no longer among "
                + "them.",
            shortNames: ["ocmdep"],
            columns: [
                column(
                    "Resource", "string", ".spec.resourceRef.name", "The Resource whose manifests are applied.",
                    isWide: true)
            ],
            specification: objectSchema(
                "What is applied.", required: ["resourceRef"],
                [
                    (
                        "resourceRef",
                        objectSchema(
                            "The Resource whose content is applied.", required: ["name"],
                            [
                                ("name", textSchema("Its name.")),
                                ("namespace", textSchema("Its namespace, which deployers themselves have none of.")),
                            ])
                    )
                ] + SharedSchemas.specification),
            status: [
                (
                    "deployed",
                    listSchema(
                        "The objects that are applied.",
                        of: objectSchema(
                            "An object.", required: ["apiVersion", "kind", "name"],
                            [
                                ("apiVersion", textSchema("Its group and version.")),
                                ("kind", textSchema("Its kind.")), ("name", textSchema("Its name.")),
                                ("namespace", textSchema("Its namespace.")), ("uid", textSchema("Its unique id.")),
                            ]))
                )
            ])
    }
}
