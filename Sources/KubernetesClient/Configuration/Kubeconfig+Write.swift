// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Documents

extension Kubeconfig {
    /// The document with all credentials: for a file that only its owner can read.
    public var json: JSON {
        var json: JSON = ["apiVersion": "v1", "kind": "Config"]
        json["clusters"] = Self.list(clusters, "cluster") { $0.json }
        json["contexts"] = Self.list(contexts, "context") { $0.json }
        json["current-context"] = .string(currentContext ?? "")
        json["users"] = Self.list(users, "user") { $0.json }
        for (key, value) in other { json[key] = value }
        return json
    }

    /// The document as YAML; see `json`.
    public var yaml: String { YAML.text(json) }

    private static func list<Entry>(_ entries: [String: Entry], _ member: String, _ json: (Entry) -> JSON) -> JSON {
        .array(entries.sorted { $0.key < $1.key }.map { ["name": .string($0.key), "\(member)": json($0.value)] })
    }
}

extension Kubeconfig.Cluster {
    fileprivate var json: JSON {
        var json = JSONObject([("server", .string(server))])
        json.put("certificate-authority", certificateAuthority)
        json.put("tls-server-name", tlsServerName)
        if insecureSkipTLSVerify { json["insecure-skip-tls-verify"] = true }
        json.put("proxy-url", proxyURL?.value)
        json.add(other)
        return .object(json)
    }
}

extension Kubeconfig.User {
    fileprivate var json: JSON {
        var json = JSONObject()
        json.put("client-certificate", clientCertificate)
        json.put("client-key", clientKey)
        json.put("token", token?.value)
        json.put("tokenFile", tokenFile)
        json.put("username", username)
        json.put("password", password?.value)
        if let exec { json["exec"] = exec.json }
        json.put("as", impersonation.user)
        json.put("as-uid", impersonation.uid)
        if !impersonation.groups.isEmpty { json["as-groups"] = .array(impersonation.groups.map { .string($0) }) }
        if !impersonation.extra.isEmpty {
            let members = impersonation.extra.sorted { $0.key < $1.key }
            json["as-user-extra"] = .object(
                JSONObject(members.map { ($0.key, .array($0.value.map { .string($0) })) }))
        }
        json.add(other)
        return .object(json)
    }
}

extension Kubeconfig.Context {
    fileprivate var json: JSON {
        var json = JSONObject([("cluster", .string(cluster)), ("user", .string(user ?? ""))])
        json.put("namespace", namespace)
        json.add(other)
        return .object(json)
    }
}

extension ExecPlugin {
    fileprivate var json: JSON {
        var json = JSONObject([("apiVersion", .string(apiVersion)), ("command", .string(command))])
        if !arguments.isEmpty { json["args"] = .array(arguments.map { .string($0) }) }
        if !environment.isEmpty {
            json["env"] = .array(
                environment.sorted { $0.key < $1.key }.map {
                    ["name": .string($0.key), "value": .string($0.value.value)]
                })
        }
        json.put("installHint", installHint)
        json.put("interactiveMode", interactiveMode?.rawValue)
        json["provideClusterInfo"] = .bool(provideClusterInfo)
        return .object(json)
    }
}

extension JSONObject {
    fileprivate mutating func put(_ key: String, _ text: String?) {
        if let text { self[key] = .string(text) }
    }

    fileprivate mutating func put(_ key: String, _ source: PEMSource?) {
        switch source {
        case .file(let path): self[key] = .string(path)
        case .text(let text): self["\(key)-data"] = .string(Array(text.value.utf8).base64)
        case nil: break
        }
    }

    fileprivate mutating func add(_ other: JSONObject) {
        for (key, value) in other where self[key] == nil { self[key] = value }
    }
}
