// SPDX-License-Identifier: Apache-2.0

public import Documents

extension AccessConfiguration {
    /// The JSON schema of the access section; reference documentation is made from it.
    ///
    /// What it does not know is refused by `init` as well, whose bounds it repeats.
    public static let schema: JSON = section(
        "How users show who they are, and what they may do. Without it everybody may do everything.",
        [
            ("realm", text("what users are asked to log in to", default: "registry")),
            ("passwords", passwords), ("groups", groups),
            ("groupFile", text("a YAML or JSON file with the shape of groups, read again when it changes")),
            ("tokens", tokens), ("issuers", list("issuers elsewhere whose tokens count", issuer, limit: 16)),
            ("certificates", certificates),
            ("rules", list("what is allowed; as soon as there is a rule, all else is denied", rule, limit: 4096)),
            ("throttle", throttle),
        ])

    private static let passwords = section(
        "Users with passwords.",
        [
            ("file", text("the htpasswd file, bcrypt only, read again when it changes")),
            ("remember", time("for how long a password that was right is not checked again", 0...3600, default: "5m")),
            ("checks", number("how many passwords are checked at a time", 1...64, default: 2)),
        ], required: ["file"])

    private static let groups: JSON = [
        "description": "Groups with their users.", "type": "object",
        "additionalProperties": names("users of the group"),
    ]

    private static let tokens = section(
        "Tokens that are issued here, by the distribution project's token specification.",
        [
            ("realm", text("the address of /token as clients see it")),
            ("service", text("whom the tokens are for, and what clients ask for")),
            ("issuer", text("who issues them; the service if it is left out")),
            ("keys", text("the folder of the signing keys, made with a key when there is none")),
            ("algorithm", choice("what keys are made", ["EdDSA", "ES256", "RS256"], default: "EdDSA")),
            ("lifetime", time("for how long they are valid", 60...3600, default: "5m")),
        ], required: ["realm", "service", "keys"])

    private static let issuer = section(
        "An issuer elsewhere.",
        [
            ("name", text("what it is called here")),
            ("issuer", text("what its tokens have in “iss”")),
            ("audiences", names("one of these must be in “aud”")),
            (
                "keys",
                section(
                    "Its public keys: a file or a URL.",
                    [
                        ("file", text("a JSON Web Key Set on disk")),
                        ("url", text("where to get the set; https, or http on loopback")),
                    ])
            ),
            ("refresh", time("how often the keys are fetched again", 60...86_400, default: "10m")),
            ("user", text("the claim that names the user", default: "sub")),
            ("groups", text("the claim that lists groups; without it there are none")),
            (
                "prefix",
                text("what stands before the names of its users and groups; its name and “:” if it is left out")
            ),
            (
                "access",
                choice("whether the rules decide, or the claim “access” alone", ["rules", "claim"], default: "rules")
            ),
            ("clockSkew", time("how much clocks may differ", 0...300, default: "60s")),
            ("longestLifetime", time("the longest time for which a token may be valid", 60...604_800, default: "24h")),
        ], required: ["name", "issuer", "audiences", "keys"])

    private static let certificates = section(
        "Client certificates, which TLS has checked already.",
        [
            (
                "name",
                choice("which name of the certificate counts", ["commonName", "email", "dns", "uri"], default: nil)
            ),
            (
                "users",
                [
                    "description": "users by the name in the certificate; without it each name is a user",
                    "type": "object", "additionalProperties": ["type": "string"],
                ]
            ),
            ("groups", names("groups of everybody with a certificate")),
        ], required: ["name"])

    private static let rule = section(
        "Who may do what with which repositories.",
        [
            ("repositories", names("names; “*” is anything within a segment, “**” anything at all")),
            ("users", names("users; “*” is everybody who has shown who they are")),
            ("groups", names("groups")),
            ("anonymous", ["description": "whether it is for everybody", "type": "boolean", "default": false]),
            (
                "allow",
                [
                    "description": "pull, push, delete; none implies another, and clients that push also pull",
                    "type": "array", "items": ["enum": ["pull", "push", "delete"]], "minItems": 1,
                ]
            ),
        ], required: ["repositories", "allow"])

    private static let throttle = section(
        "How much trying out of passwords is borne.",
        [
            ("userAndAddress", number("failures of a user from one address before waiting", 1...1000, default: 5)),
            ("address", number("failures from one address before waiting", 1...100_000, default: 30)),
            ("user", number("failures of a user from anywhere before answers come later", 1...100_000, default: 20)),
            ("longestWait", time("the longest wait", 1...3600, default: "5m")),
            ("memory", time("after how much time without failures all is forgotten", 60...86_400, default: "15m")),
        ])

    // MARK: Kinds of values

    private static func section(
        _ description: JSON, _ properties: [(String, JSON)], required: [String] = []
    ) -> JSON {
        var schema: JSON = [
            "description": description, "type": "object", "properties": .object(JSONObject(properties)),
            "additionalProperties": false,
        ]
        if !required.isEmpty { schema["required"] = .array(required.map { .string($0) }) }
        return schema
    }

    private static func text(_ description: JSON, default value: JSON? = nil) -> JSON {
        var schema: JSON = ["description": description, "type": "string"]
        schema["default"] = value
        return schema
    }

    private static func names(_ description: JSON) -> JSON {
        ["description": description, "type": "array", "items": ["type": "string"]]
    }

    private static func list(_ description: JSON, _ items: JSON, limit: Int64) -> JSON {
        ["description": description, "type": "array", "items": items, "maxItems": .number(JSONNumber(limit))]
    }

    private static func choice(_ description: JSON, _ values: [String], default value: JSON?) -> JSON {
        var schema: JSON = ["description": description, "enum": .array(values.map { .string($0) })]
        schema["default"] = value
        return schema
    }

    private static func number(_ description: JSON, _ range: ClosedRange<Int64>, default value: JSON) -> JSON {
        [
            "description": description, "type": "integer", "minimum": .number(JSONNumber(range.lowerBound)),
            "maximum": .number(JSONNumber(range.upperBound)), "default": value,
        ]
    }

    /// Seconds, or a text such as `5m`; the bounds are in seconds.
    private static func time(_ description: JSON, _ range: ClosedRange<Int64>, default value: JSON) -> JSON {
        [
            "description": description, "type": ["integer", "string"], "pattern": "^[0-9]+[smh]$",
            "minimum": .number(JSONNumber(range.lowerBound)), "maximum": .number(JSONNumber(range.upperBound)),
            "default": value,
        ]
    }
}
