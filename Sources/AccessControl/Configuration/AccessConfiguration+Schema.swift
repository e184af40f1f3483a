// SPDX-License-Identifier: Apache-2.0

public import Documents

extension AccessConfiguration {
    /// The JSON schema of the access section; reference documentation is made from it.
    ///
    /// What it does not know is refused by `init` as well, whose bounds it repeats.
    public static let schema: JSON = Setting.section(
        "How users show who they are, and what they may do. Without it everybody may do everything.",
        [
            ("realm", Setting.text("what users are asked to log in to", default: "registry")),
            ("passwords", passwords), ("groups", groups),
            ("groupFile", Setting.text("a YAML or JSON file with the shape of groups, read again when it changes")),
            ("tokens", tokens), ("issuers", Setting.list("issuers elsewhere whose tokens count", issuer, limit: 16)),
            ("certificates", certificates),
            (
                "rules",
                Setting.list("what is allowed; as soon as there is a rule, all else is denied", rule, limit: 4096)
            ),
            ("throttle", throttle),
        ])

    private static let passwords = Setting.section(
        "Users with passwords.",
        [
            ("file", Setting.text("the htpasswd file, bcrypt only, read again when it changes")),
            (
                "remember",
                Setting.time("for how long a password that was right is not checked again", 0...3600, default: "5m")
            ),
            ("checks", Setting.number("how many passwords are checked at a time", 1...64, default: 2)),
        ], required: ["file"])

    private static let groups: JSON = [
        "description": "Groups with their users.", "type": "object",
        "additionalProperties": Setting.names("users of the group"),
    ]

    private static let tokens = Setting.section(
        "Tokens that are issued here, by the distribution project's token specification.",
        [
            ("realm", Setting.text("the address of /token as clients see it")),
            ("service", Setting.text("whom the tokens are for, and what clients ask for")),
            ("issuer", Setting.text("who issues them; the service if it is left out")),
            ("keys", Setting.text("the folder of the signing keys, made with a key when there is none")),
            ("algorithm", Setting.choice("what keys are made", ["EdDSA", "ES256", "RS256"], default: "EdDSA")),
            ("lifetime", Setting.time("for how long they are valid", 60...3600, default: "5m")),
        ], required: ["realm", "service", "keys"])

    private static let issuer = Setting.section(
        "An issuer elsewhere.",
        [
            ("name", Setting.text("what it is called here")),
            ("issuer", Setting.text("what its tokens have in “iss”")),
            ("audiences", Setting.names("one of these must be in “aud”")),
            (
                "keys",
                Setting.section(
                    "Its public keys: a file or a URL.",
                    [
                        ("file", Setting.text("a JSON Web Key Set on disk")),
                        ("url", Setting.text("where to get the set; https, or http on loopback")),
                    ])
            ),
            ("refresh", Setting.time("how often the keys are fetched again", 60...86_400, default: "10m")),
            ("user", Setting.text("the claim that names the user", default: "sub")),
            ("groups", Setting.text("the claim that lists groups; without it there are none")),
            (
                "prefix",
                Setting.text("what stands before the names of its users and groups; its name and “:” if it is left out")
            ),
            (
                "access",
                Setting.choice(
                    "whether the rules decide, or the claim “access” alone", ["rules", "claim"], default: "rules")
            ),
            ("clockSkew", Setting.time("how much clocks may differ", 0...300, default: "60s")),
            (
                "longestLifetime",
                Setting.time("the longest time for which a token may be valid", 60...604_800, default: "24h")
            ),
        ], required: ["name", "issuer", "audiences", "keys"])

    private static let certificates = Setting.section(
        "Client certificates, which TLS has checked already.",
        [
            (
                "name",
                Setting.choice(
                    "which name of the certificate counts", ["commonName", "email", "dns", "uri"], default: nil)
            ),
            (
                "users",
                [
                    "description": "users by the name in the certificate; without it each name is a user",
                    "type": "object", "additionalProperties": ["type": "string"],
                ]
            ),
            ("groups", Setting.names("groups of everybody with a certificate")),
        ], required: ["name"])

    private static let rule = Setting.section(
        "Who may do what with which repositories.",
        [
            ("repositories", Setting.names("names; “*” is anything within a segment, “**” anything at all")),
            ("users", Setting.names("users; “*” is everybody who has shown who they are")),
            ("groups", Setting.names("groups")),
            ("anonymous", Setting.flag("whether it is for everybody")),
            (
                "allow",
                [
                    "description": "pull, push, delete; none implies another, and clients that push also pull",
                    "type": "array", "items": ["enum": ["pull", "push", "delete"]], "minItems": 1,
                ]
            ),
        ], required: ["repositories", "allow"])

    private static let throttle = Setting.section(
        "How much trying out of passwords is borne.",
        [
            (
                "userAndAddress",
                Setting.number("failures of a user from one address before waiting", 1...1000, default: 5)
            ),
            ("address", Setting.number("failures from one address before waiting", 1...100_000, default: 30)),
            (
                "user",
                Setting.number("failures of a user from anywhere before answers come later", 1...100_000, default: 20)
            ),
            ("longestWait", Setting.time("the longest wait", 1...3600, default: "5m")),
            (
                "memory",
                Setting.time("after how much time without failures all is forgotten", 60...86_400, default: "15m")
            ),
        ])
}
