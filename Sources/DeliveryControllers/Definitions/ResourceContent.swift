// SPDX-License-Identifier: Apache-2.0

internal import Documents

extension DefinitionContent {
    static var resource: DefinitionContent {
        DefinitionContent(
            description:
                "A resource of a component version, or of one that it refers to: found, its digest verified, and "
                + "shown to others.",
            shortNames: ["ocmres"],
            columns: [
                column("Version", "string", ".status.resource.version", "The version of the resource."),
                column("Type", "string", ".status.resource.type", "The type of the resource.", isWide: true),
                column("Component", "string", ".status.component.component", "Whose resource it is.", isWide: true),
            ],
            specification: objectSchema(
                "Which resource of which component.", required: ["componentRef", "resource"],
                members + SharedSchemas.specification),
            status: [
                ("component", SharedSchemas.component), ("resource", found),
                ("additional", freeObjectSchema("What the expressions of additionalStatusFields gave.")),
            ])
    }

    private static let identity = "The identity: name, and every attribute of extraIdentity; version may be missing."

    private static let members: [(String, JSON)] = [
        (
            "componentRef",
            objectSchema(
                "The Component in the same namespace.",
                [
                    ("name", textSchema("Its name.", [("default", "")])),
                    ("namespace", textSchema("Its namespace; if it is given it must be that of this object.")),
                ], [("x-kubernetes-map-type", "atomic")])
        ),
        (
            "resource",
            objectSchema(
                "The resource.", required: ["byReference"],
                [
                    (
                        "byReference",
                        objectSchema(
                            "The resource by its identity, below a path of references.", required: ["resource"],
                            [
                                ("resource", mapSchema(identity)),
                                (
                                    "referencePath",
                                    listSchema(
                                        "The references that lead from the component to the one that has the resource.",
                                        of: mapSchema(identity), [("maxItems", 64)])
                                ),
                            ])
                    )
                ])
        ),
        (
            "verificationPolicy",
            wordSchema(
                "Always: the resource's digest must be that of what is found; what cannot be checked is refused. Never: it "
                    + "is taken as it is.", ["Always", "Never"], byDefault: "Always")
        ),
        (
            "additionalStatusFields",
            freeObjectSchema(
                "Expressions in CEL over the variable resource, or objects of expressions; what they give stands in "
                    + "status.additional in the same places.")
        ),
        ("interval", SharedSchemas.interval("How often the resource is looked at, beside when its component changes.")),
    ]

    private static let found = objectSchema(
        "The resource that was found, as its component describes it.", required: ["name", "type", "access"],
        [
            ("name", textSchema("Its name.")), ("type", textSchema("Its type.")),
            ("version", textSchema("Its version.")),
            ("extraIdentity", mapSchema("What tells it from others of its name.")),
            ("access", freeObjectSchema("Where its content is.")), ("digest", SharedSchemas.digest),
            (
                "labels",
                listSchema(
                    "Its labels.",
                    of: objectSchema(
                        "A label.", required: ["name", "value"],
                        [
                            ("name", textSchema("Its name.")), ("value", freeSchema("Its value.")),
                            ("version", textSchema("The version of the value's form.")),
                            ("signing", flagSchema("Whether signatures cover it.")),
                            (
                                "merge",
                                objectSchema(
                                    "How values are merged in a transfer.", required: ["algorithm"],
                                    [
                                        ("algorithm", textSchema("How.")),
                                        ("config", freeSchema("What the algorithm wants to know.")),
                                    ])
                            ),
                        ]))
            ),
        ])
}
