// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Documents
internal import Orchestration
internal import Repositories

/// One operation done by a plug-in: contents and properties go in, contents and outputs come out.
struct PluginRun: Sendable {
    let process: PluginProcess
    /// What the plug-in calls itself.
    let plugin: String
    let operation: PluginOperationDescription
    let observe: @Sendable (PluginMessage) -> Void

    /// Does it.
    ///
    /// - Throws: a failure that names the plug-in, whatever it did.
    func perform(_ properties: JSON, _ context: OperationContext) async throws -> JSON {
        do {
            return try await run(properties, context)
        } catch {
            guard !(error is CancellationError) else { throw error }
            throw Fault(wrapping: error).about(process.name)
        }
    }

    private func run(_ properties: JSON, _ context: OperationContext) async throws -> JSON {
        try process.file.checkUnchanged()
        let plain = properties.without(operation.contentProperties)
        try expect(plain, operation.properties, "properties", "correct the specification")
        let folder = try TemporaryFolder(in: context.temporaryFolder, prefix: "plugin")
        let place = PluginPlace(folder, operation, limit: process.settings.contentLimit)
        try await place.prepare(properties: plain) { name in try blob(named: name, properties, context) }
        var talk = try process.talk(["run", operation.type], in: folder, environment: place.environment)
        talk.deadline = operation.deadline
        talk.outputLimit = process.settings.contentLimit
        // What its files may take of the disk is known for sure when they are there; none gets beyond what is left now.
        talk.fileLimit = min(process.settings.contentLimit, DiskBudget.current?.left ?? .max)

        let input = try operation.input.map { try blob(named: $0, properties, context) }
        let spool = try MeasuredSpool.Writer(
            temporaryFolder: context.temporaryFolder, name: "the content that a plug-in yields")
        let name = plugin, id = context.operation
        let log = PluginLog { [observe] line in observe(PluginMessage(line, plugin: name, operation: id)) }
        let end: ChildConversation.End
        do {
            end = try await talk.run(input: input?.verifiedStream()) { piece in
                guard operation.output != nil else { throw strayOutput }
                try spool.write(piece)
            } log: {
                log.take($0)
            }
        } catch {
            _ = log.end()
            throw error
        }
        try process.check(end, log.end())
        // What is made of a resource is that resource, in another form.
        let origin = try operation.contentProperties.first.flatMap { try context.origin(of: properties[$0]) }
        return try await outputs(
            process.parsed(end.answer, "answer on descriptor 3"), spool, place, (input?.mediaType, origin), context)
    }

    private var strayOutput: Fault {
        Fault(
            .invalid, "\(process.name) wrote to descriptor 1, and '\(operation.type)' has no content as an output",
            fix: "it may write its log to descriptor 2, and its answer to descriptor 3")
    }

    private func expect(_ value: JSON, _ schema: ValueSchema, _ what: String, _ fix: String) throws(Fault) {
        let problems = schema.problems(in: value, named: what)
        guard problems.isEmpty else {
            throw Fault(
                .invalid,
                "\(what) of '\(operation.type)' of \(process.name) do not fit: "
                    + problems.map(\.plainLine).joined(separator: "; "), fix: fix)
        }
    }

    private func blob(named name: String, _ properties: JSON, _ context: OperationContext) throws -> BlobContent {
        switch try context.content(of: properties[name]) {
        case .blob(let blob): return blob
        case .artifact:
            throw Fault(
                .unsupported, "'\(name)' is an OCI artifact, and \(process.name) takes a sequence of bytes",
                fix: "put an operation before it that makes an archive of the artifact")
        }
    }

    private func outputs(
        _ answer: JSON, _ spool: MeasuredSpool.Writer, _ place: PluginPlace,
        _ input: (type: String?, origin: ContentOrigin?),
        _ context: OperationContext
    ) async throws -> JSON {
        guard answer.object != nil else {
            throw Fault(.invalid, "the answer of \(process.name) is \(answer.kindName), not object")
        }
        try expect(
            answer.without(operation.contentOutputs), operation.outputs, "outputs", "that is a fault of the plug-in")
        var outputs = answer
        for name in operation.contentOutputs {
            let type = try mediaType(answer[name], named: name) ?? input.type ?? "application/octet-stream"
            let content: BlobContent
            if name == operation.output {
                content = try spool.finish().blob(mediaType: type)
            } else {
                content = try await BlobContent(
                    fileOfPlugin: place.path(ofOutput: name), mediaType: type, limit: process.settings.contentLimit)
            }
            outputs[name] = context.file(for: .blob(content), origin: input.origin)
        }
        return outputs
    }

    /// What a plug-in says of a content it yields: its media type, or nothing.
    private func mediaType(_ json: JSON?, named name: String) throws(Fault) -> String? {
        guard let json else { return nil }
        guard let members = json.object, members.keys.allSatisfy({ $0 == "mediaType" }) else {
            throw Fault(
                .invalid, "\(process.name) says more of its content '\(name)' than a 'mediaType'",
                fix: "digest and size are not taken from plug-ins; leave them out")
        }
        guard let type = members["mediaType"] else { return nil }
        guard let text = type.string, text.isMediaType else {
            throw Fault(.invalid, "\(process.name) gives its content '\(name)' a 'mediaType' that is none")
        }
        return text
    }
}

extension PluginMessage {
    fileprivate init(_ line: String, plugin: String, operation: String) {
        let mark = "warning:"
        let isWarning = line.lowercased().hasPrefix(mark)
        self.init(
            plugin: plugin, operation: operation, text: isWarning ? String(line.dropFirst(mark.count)).trimmed : line,
            isWarning: isWarning)
    }
}

extension BlobContent {
    /// The bytes, which fail before their end when they are not those of the digest.
    func verifiedStream() async throws -> ByteStream {
        let stream = try await open()
        return digest.map { stream.verified(digest: $0, size: size, of: "the content for a plug-in") } ?? stream
    }
}

extension JSON {
    fileprivate func without(_ names: [String]) -> JSON {
        var copy = self
        for name in names { copy[name] = nil }
        return copy
    }
}

extension String {
    /// `TYPE/SUBTYPE` of the characters that RFC 6838 allows, with parameters that are plain.
    fileprivate var isMediaType: Bool {
        let parts = split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2 && utf8.count <= 255 && parts.allSatisfy { !$0.isEmpty }
            && utf8.allSatisfy { ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || "!#$&-^_.+/;= ".utf8.contains($0) }
    }
}
