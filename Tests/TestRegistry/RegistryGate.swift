// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// Who may do what: nobody is asked, or a name and a password, sent with each request or to a token service.
struct RegistryGate {
    let access: HostileRegistry.Access
    /// The tokens given out, with what each allows.
    private var tokens: [String: Set<String>] = [:]

    init(_ access: HostileRegistry.Access) { self.access = access }

    static let basic = "Basic " + Array("\(HostileRegistry.user):\(HostileRegistry.password)".utf8).base64

    /// Texts that nobody but the registry may see.
    var secrets: [String] {
        [HostileRegistry.password, HostileRegistry.identityToken, String(Self.basic.dropFirst(6))] + tokens.keys
    }

    /// The answer to who may not; nil for who may. `base` is how the client reached us.
    func refusal(_ request: WireRequest, _ route: RegistryRoute, base: String) -> WireAnswer? {
        guard route.stage != .token else { return nil }
        let authorization = request.field("Authorization") ?? ""
        var refused = WireAnswer.error(401, "UNAUTHORIZED")
        switch access {
        case .open: return nil
        case .basic:
            guard authorization != Self.basic else { return nil }
            refused.set("WWW-Authenticate", #"Basic realm="test registry""#)
        case .token:
            var wanted: Set<String> = []
            if !route.repository.isEmpty { wanted.insert("\(route.repository):\(route.access)") }
            for name in request.query("from") { wanted.insert("\(name):pull") }
            let allowed = authorization.hasPrefix("Bearer ") ? tokens[String(authorization.dropFirst(7))] : nil
            if let allowed, wanted.isSubset(of: allowed) { return nil }
            let actions = ["pull": "pull", "push": "pull,push"][route.access] ?? "pull,push,delete"
            let scope = route.repository.isEmpty ? "registry:catalog:*" : "repository:\(route.repository):\(actions)"
            refused.set("WWW-Authenticate", "Bearer realm=\"\(base)/token\",service=\"test\",scope=\"\(scope)\"")
        }
        return refused
    }

    /// What the token service answers. Like real ones it gives a token for what is asked, and to nobody else's password.
    mutating func token(_ request: WireRequest) -> WireAnswer {
        let isIdentity = request.method == "POST"
        guard
            isIdentity
                ? request.form("refresh_token") == [HostileRegistry.identityToken]
                : request.field("Authorization") == Self.basic
        else { return .error(401, "UNAUTHORIZED") }
        let scopes =
            isIdentity
            ? request.form("scope").flatMap { $0.split(separator: " ").map(String.init) } : request.query("scope")
        var allowed: Set<String> = []
        for scope in scopes {
            let parts = scope.split(separator: ":")
            guard parts.count == 3, parts[0] == "repository" else { continue }
            for action in parts[2].split(separator: ",") { allowed.insert("\(parts[1]):\(action)") }
        }
        let token = "test-token-\(tokens.count + 1)-\(UInt64.random(in: 0...UInt64.max))"
        tokens[token] = allowed
        let json: JSON = ["token": .string(token), "expires_in": 300]
        return WireAnswer(200, [("Content-Type", "application/json")], json.encoded())
    }
}
