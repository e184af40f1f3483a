// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Chronology
internal import Documents

/// What an exec plug-in has handed out.
struct ExecCredential: Sendable {
    var token: SecretText?
    var certificate: SecretText?
    var key: SecretText?
    /// When it has to be asked again; nil for never.
    var expiry: Moment?
}

extension ExecPlugin {
    /// How long it may take.
    static let deadline = Duration.seconds(60)
    /// The most bytes it may say.
    static let outputLimit = 1 << 20
    private static let group = "client.authentication.k8s.io/"
    private var isInteractiveOnly: Bool { interactiveMode == .always }

    /// Throws for what cannot be run here.
    func check() throws(Fault) {
        guard apiVersion == "\(Self.group)v1" || apiVersion == "\(Self.group)v1beta1" else {
            throw Fault(
                .unsupported, "the exec plug-in \(command) speaks \(apiVersion.prefix(80)), which is not supported",
                fix: "use \(Self.group)v1")
        }
        guard apiVersion != "\(Self.group)v1" || interactiveMode != nil else {
            throw Fault(
                .invalid, "the exec plug-in \(command) has no interactiveMode, which \(apiVersion) requires",
                fix: "add interactiveMode: IfAvailable")
        }
        guard !isInteractiveOnly else {
            throw Fault(
                .unsupported, "the exec plug-in \(command) wants to ask somebody at a terminal",
                fix: "log in with its own tool first, and set interactiveMode: IfAvailable")
        }
    }

    /// Runs it; what it says on its standard output is in no error.
    ///
    /// - Parameter cluster: what it is told of the cluster, if it asks for that.
    func run(cluster: JSON, environment base: Environment = .process) async throws -> ExecCredential {
        var spec: JSON = ["interactive": false]
        if provideClusterInfo { spec["cluster"] = cluster }
        let request: JSON = ["apiVersion": .string(apiVersion), "kind": "ExecCredential", "spec": spec]
        var environment = base
        for (name, value) in self.environment { environment.variables[name] = value.value }
        environment.variables["KUBERNETES_EXEC_INFO"] = request.text()
        let result: ChildProcess.Result
        do {
            result = try await ChildProcess.run(
                [command] + arguments, environment: environment, deadline: Self.deadline, outputLimit: Self.outputLimit)
        } catch let fault as Fault where fault.code != .cancelled {
            throw Fault(
                fault.code == .notFound || fault.code == .system ? .unauthorized : fault.code,
                "the exec plug-in \(command) cannot be run: \(fault.message)", fix: installHint ?? fault.fix)
        }
        guard result.status == 0 else {
            // Its standard error is written for people.
            let said = String(decoding: result.stderr.prefix(2000), as: UTF8.self).trimmed
                .split(whereSeparator: \.isNewline).suffix(3).joined(separator: "; ").prefix(300)
            throw Fault(
                .unauthorized,
                "the exec plug-in \(command) ended with status \(result.status)\(said.isEmpty ? "" : ": \(said)")",
                fix: installHint ?? "run it by hand")
        }
        return try read(result.stdout)
    }

    /// Reads what it said.
    func read(_ bytes: [UInt8]) throws(Fault) -> ExecCredential {
        let wrong = { (why: String) in
            Fault(.invalid, "the exec plug-in \(command) \(why)", fix: "check its version and arguments")
        }
        guard let json = try? JSON(parsing: bytes, source: command), json["kind"]?.string == "ExecCredential" else {
            throw wrong("does not answer with an ExecCredential")
        }
        guard json["apiVersion"]?.string == apiVersion else {
            throw wrong("answers in another version than \(apiVersion)")
        }
        let status = json["status"]
        func text(_ key: String) -> SecretText? {
            status?[key]?.string.flatMap { $0.isEmpty ? nil : SecretText($0) }
        }
        var credential = ExecCredential(
            token: text("token"), certificate: text("clientCertificateData"), key: text("clientKeyData"))
        guard credential.token != nil || credential.certificate != nil else { throw wrong("hands out no credentials") }
        guard (credential.certificate == nil) == (credential.key == nil) else {
            throw wrong("hands out a certificate without its key, or a key alone")
        }
        if let expiry = status?["expirationTimestamp"], expiry != .null {
            guard let moment = expiry.string.flatMap({ Moment(rfc3339: $0) }) else {
                throw wrong("says no time that can be read in expirationTimestamp")
            }
            credential.expiry = moment
        }
        return credential
    }
}
