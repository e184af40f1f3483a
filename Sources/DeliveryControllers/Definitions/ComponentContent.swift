// SPDX-License-Identifier: Apache-2.0

internal import Documents

extension DefinitionContent {
    static var component: DefinitionContent {
        DefinitionContent(
            description: "A component in a repository: the newest version that fits is chosen, again and again, and "
                + "verified.",
            shortNames: ["ocmcomp"],
            columns: [
                column("Version", "string", ".status.component.version", "The version that was chosen."),
                column("Component", "string", ".spec.component", "The component's name.", isWide: true),
            ],
            specification: objectSchema(
                "Which versions of which component are wanted.",
                required: ["repositoryRef", "component", "semver", "interval"], members + SharedSchemas.specification,
                [
                    rules(
                        (
                            """
                            !has(self.verificationScope) || self.verificationScope == "Component" || \
                            (has(self.verify) && size(self.verify) > 0)
                            """,
                            "verificationScope needs a signature in verify that vouches for what is looked at"
                        ))
                ]),
            status: [("component", SharedSchemas.component)])
    }

    private static let members: [(String, JSON)] = [
        ("repositoryRef", SharedSchemas.reference("The Repository in the same namespace.")),
        ("component", textSchema("The component's name, such as acme.org/product.")),
        ("semver", textSchema("One version, or a constraint such as >=1.0.0 <2.")),
        (
            "semverFilter",
            textSchema("A regular expression in RE2's syntax; only versions in which it matches are looked at.")
        ),
        (
            "downgradePolicy",
            wordSchema(
                "Whether a version may follow that is older than the one before.", ["Allow", "Deny"], byDefault: "Deny")
        ),
        (
            "verify",
            listSchema(
                "Signatures that must all be there and verify.",
                of: objectSchema(
                    "A signature and what it is verified with: a Secret or a value, not both.",
                    required: ["signature"],
                    [
                        ("signature", textSchema("The signature's name in the component.")),
                        (
                            "secretRef",
                            SharedSchemas.reference(
                                "A Secret in the same namespace with the public key or the certificates as PEM, under the "
                                    + "name of the signature or as the only entry.")
                        ),
                        ("value", textSchema("The public key or the certificates: PEM, encoded once more as Base64.")),
                    ]), [("maxItems", 64)])
        ),
        (
            "verificationScope",
            wordSchema(
                "How far verification reaches: this version (Component, also meant when it is missing), all versions that "
                    + "it refers to (References), or the bytes of all their resources too (Contents).",
                ["Component", "References", "Contents"])
        ),
        ("interval", SharedSchemas.interval("How often it is looked for another version.")),
    ]
}
