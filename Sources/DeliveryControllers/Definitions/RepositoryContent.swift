// SPDX-License-Identifier: Apache-2.0

internal import Documents

extension DefinitionContent {
    static var repository: DefinitionContent {
        DefinitionContent(
            description: "A place where component versions are: it is asked again and again whether it can be reached.",
            shortNames: ["ocmrepo"],
            columns: [
                column("Type", "string", ".spec.repositorySpec.type", "The type of the repository.", isWide: true)
            ],
            specification: objectSchema(
                "Where the repository is.", required: ["repositorySpec", "interval"],
                [
                    (
                        "repositorySpec",
                        freeSchema(
                            "The repository, by its type: OCIRepository/v1 or OCIRegistry with baseUrl and subPath, or "
                                + "CommonTransportFormat/v1 with filePath.")
                    ),
                    ("interval", SharedSchemas.interval("How often the repository is asked.")),
                ] + SharedSchemas.specification))
    }
}
