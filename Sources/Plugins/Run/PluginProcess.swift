// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// Starts a plug-in and turns how it ended into an answer or a failure.
struct PluginProcess: Sendable {
    let file: PluginFile
    /// What errors call it.
    let name: String
    let settings: PluginSettings

    /// The most bytes of an answer: a description, or what an operation yields besides contents.
    static let answerLimit = 1 << 20

    /// What the plug-in says about itself. Its description comes on descriptor 1.
    func description() async throws -> PluginDescription {
        let folder = try TemporaryFolder(prefix: "plugin")
        let text = Guarded<[UInt8]>([])
        var talk = try talk(["capabilities"], in: folder, environment: [:])
        talk.deadline = settings.descriptionDeadline
        talk.outputLimit = Int64(Self.answerLimit)
        talk.fileLimit = Int64(Self.answerLimit)
        let log = PluginLog { _ in }
        let end = try await talk.run(input: nil) { piece in
            text.withLock { $0 += piece }
        } log: {
            log.take($0)
        }
        try check(end, log.end())
        return try PluginDescription(parsed(text.withLock { $0 }, "description"), source: name)
    }

    /// A talk in a folder of its own, with nothing in its environment that is not meant for it.
    func talk(
        _ arguments: [String], in folder: TemporaryFolder, environment more: [String: String]
    ) throws(Fault) -> ChildConversation {
        try FileSystem.makeFolder("\(folder.path)/work", mode: 0o700)
        try FileSystem.makeFolder("\(folder.path)/tmp", mode: 0o700)
        var talk = ChildConversation(
            file.path, arguments, environment: Environment(variables(folder, more)),
            workingFolder: "\(folder.path)/work",
            markedBy: "OCM_PLUGIN_RUN")
        talk.grace = settings.grace
        talk.answerLimit = Self.answerLimit
        return talk
    }

    private func variables(_ folder: TemporaryFolder, _ more: [String: String]) -> [String: String] {
        let own = Environment.process
        // A relative folder in PATH would be looked up in the folder that the plug-in works in.
        let path = (own["PATH"] ?? "").split(separator: ":").filter { $0.hasPrefix("/") }.joined(separator: ":")
        var variables = ["PATH": path.isEmpty ? "/usr/bin:/bin" : path, "LANG": own["LANG"] ?? "C.UTF-8"]
        variables.merge(settings.environment) { $1 }
        variables["TMPDIR"] = "\(folder.path)/tmp"
        variables["OCM_PLUGIN_PROTOCOL"] = PluginDescription.protocolVersion
        variables.merge(more) { $1 }
        return variables
    }

    /// Throws unless the plug-in ended well.
    func check(_ end: ChildConversation.End, _ tail: [String]) throws(Fault) {
        let said = tail.isEmpty ? "" : ": " + tail.joined(separator: "; ")
        switch end.exit {
        case .status(0): break
        case .status(75):
            throw Fault(
                .unavailable, "\(name) could not do it now\(said)",
                fix: "run it again later; what it needs is not there")
        case .status(let status):
            throw Fault(
                .invalid, "\(name) failed with status \(status)\(said)",
                fix: "see what it says; `ocm plugins check` tells whether it works at all")
        case .signal(let number):
            throw Fault(
                .invalid, "\(name) was ended by signal \(number)\(number.signalName.map { " (\($0))" } ?? "")\(said)",
                fix: "that is a fault of the plug-in; report it to who made it")
        }
        guard !end.hasLeftProcesses else {
            throw Fault(
                .invalid, "\(name) ended and left processes that held its outputs; they were killed",
                fix: "it has to wait for what it starts")
        }
        guard end.hasReadInput else {
            throw Fault(
                .invalid, "\(name) did not read its input to the end, so the input is not verified",
                fix: "it has to read all of it, also what it does not need")
        }
    }

    /// One JSON document and nothing else.
    func parsed(_ bytes: [UInt8], _ what: String) throws(Fault) -> JSON {
        guard !bytes.isEmpty else {
            throw Fault(.invalid, "\(name) gave no \(what)", fix: "it ends too early, or writes it elsewhere")
        }
        var limits = DocumentLimits()
        (limits.bytes, limits.depth, limits.nodes) = (Self.answerLimit, 64, 100_000)
        do throws(Fault) {
            return try JSON(parsing: bytes, source: "the \(what) of \(name)", limits: limits)
        } catch {
            throw Fault(error.code, String(error.message.plainLine.prefix(400)), fix: "it has to be one JSON document")
        }
    }
}

extension Int32 {
    /// The name of a signal that ends programs that have faults.
    fileprivate var signalName: String? {
        [
            4: "SIGILL", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL", 11: "SIGSEGV", 13: "SIGPIPE",
            15: "SIGTERM", 24: "SIGXCPU", 25: "SIGXFSZ",
        ][self]
    }
}
