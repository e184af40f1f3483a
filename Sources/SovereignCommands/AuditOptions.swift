// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import KubernetesServer

/// What the command line says of the records of an API's requests.
struct AuditOptions: ParsableOptions {
    @Option(
        help: "keep a record of each request to the API in this file, as events of audit.k8s.io/v1", valueName: "FILE",
        completion: .file)
    var auditLog: String?
    @Option(help: "how large the file of records may become", valueName: "BYTES")
    var auditLogSize = ByteSize(64 << 20)
    @Option(help: "how many files of records there may be", valueName: "NUMBER") var auditLogFiles = 8

    init() {}

    /// Nil when none are kept.
    func settings() throws -> AuditSettings? {
        guard let auditLog else { return nil }
        guard auditLogSize.bytes >= 1 << 20 else {
            throw UsageError(
                "a file of records of less than 1MiB holds too little", fix: "give a larger --audit-log-size")
        }
        guard (1...1000).contains(auditLogFiles) else {
            throw UsageError("\(auditLogFiles) files of records are too few or too many", fix: "give 1 to 1000")
        }
        var settings = AuditSettings(path: auditLog)
        (settings.fileBytes, settings.files) = (auditLogSize.bytes, auditLogFiles)
        return settings
    }
}
