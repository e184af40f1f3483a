// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents
public import Registry
public import RegistryRules
internal import Storage

/// Where the process that serves a registry takes requests of its operator: the Unix socket `operator.sock` in the
/// registry's folder, open to the user of the process and to root.
///
/// Who can connect there could change the files as well, so nothing else decides about it: no password, no token, no
/// address that the network reaches. One line of JSON asks; lines of progress and one with the report answer.
public final class OperatorSocket: Sendable {
    private static let name = "operator.sock"
    private static let lineLimit = 1 << 20
    private static let connectionLimit = 8
    private let socket: LocalSocket
    private let folder: String
    private let tasks = Guarded<[Int: Task<Void, Never>]>([:])

    /// Begins to listen.
    ///
    /// - Parameter signatures: the signature rules of the registry.
    public init(_ registry: RegistryFolder, signatures: SignatureGuard? = nil) throws(Fault) {
        folder = registry.path
        socket = try LocalSocket.listening(in: registry.path, as: Self.name)
        startThread { [self] in
            var number = 0
            while let connection = socket.accept() {
                let own = number
                number += 1
                let isFull = tasks.withLock { $0.count >= Self.connectionLimit }
                if isFull { continue }
                let held = Connection(connection)
                // Both sides of a connection wait for the other one, so neither may take a thread of the common pool.
                let task = Task(executorPreference: DiskExecutor.shared) { [self] in
                    await Self.serve(held, registry, signatures)
                    _ = tasks.withLock { $0.removeValue(forKey: own) }
                }
                tasks.withLock { $0[own] = task }
            }
        }
    }

    private final class Connection: Sendable {
        let socket: LocalSocket
        init(_ socket: consuming LocalSocket) { self.socket = socket }
    }

    /// Takes no more requests and has those that run end early.
    public func stop() async {
        socket.shut()
        try? FileSystem.removeFile("\(folder)/\(Self.name)")
        let running = tasks.withLock { Array($0.values) }
        for task in running { task.cancel() }
        for task in running { await task.value }
    }

    private static func serve(
        _ connection: Connection, _ registry: RegistryFolder, _ signatures: SignatureGuard?
    ) async {
        connection.socket.limitWaiting(seconds: 5)
        var rest: [UInt8] = []
        guard let line = connection.socket.line(&rest, limit: 64 * 1024) else { return }
        let answer: JSON
        do {
            let request = try OperatorRequest(json: JSON(parsing: line, source: "the request"))
            answer = [
                "report": try await request.run(on: registry, signatures: signatures) { report in
                    _ = connection.socket.send(line: JSON.object(["progress": report]).encoded())
                }
            ]
        } catch {
            let fault = Fault(wrapping: error)
            answer = [
                "fault": [
                    "code": .string(fault.code.name), "message": .string(fault.message),
                    "fix": fault.fix.map { .string($0) } ?? .null,
                ]
            ]
        }
        _ = connection.socket.send(line: answer.encoded())
    }

    /// Asks the process that serves a registry; nil when none does.
    ///
    /// - Parameter progress: told now and then.
    public static func ask(
        _ request: OperatorRequest, of folder: String, progress: @escaping @Sendable (JSON) -> Void = { _ in }
    ) async throws -> JSON? {
        try await withCheckedThrowingContinuation { continuation in
            // A thread of its own: waiting here, it could keep the other side from running in the same process.
            startThread {
                do {
                    continuation.resume(returning: try converse(request.json.encoded(), folder, progress))
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    static func converse(
        _ request: [UInt8], _ folder: String, _ progress: @Sendable (JSON) -> Void
    ) throws(Fault) -> JSON? {
        guard let socket = try LocalSocket.connected(in: folder, to: name) else { return nil }
        guard socket.send(line: request) else {
            throw Fault(.unavailable, "the registry in \(folder) takes no request", fix: "try again")
        }
        var rest: [UInt8] = []
        while let line = socket.line(&rest, limit: lineLimit) {
            let answer = try JSON(parsing: line, source: "the registry's answer")
            if let report = answer["report"] { return report }
            if let report = answer["progress"] { progress(report) }
            guard let fault = answer["fault"] else { continue }
            throw Fault(
                Fault.Code(name: fault["code"]?.string ?? "internal"),
                fault["message"]?.string ?? "the registry failed",
                fix: fault["fix"]?.string)
        }
        throw Fault(.unavailable, "the registry in \(folder) ended before it was done", fix: "start it and ask again")
    }
}
