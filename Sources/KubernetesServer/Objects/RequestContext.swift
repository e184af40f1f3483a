// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Kubernetes
internal import KubernetesAccess
internal import KubernetesSchemas

/// What belongs to one request beside the object: who asks, and what he is to be told.
final class RequestContext: Sendable {
    /// Who asks.
    let user: UserInfo
    private let told = Guarded<[String]>([])
    private let made = Guarded<(name: String, uid: String)?>(nil)

    init(user: UserInfo) { self.user = user }

    /// What the server does by itself.
    static var server: RequestContext {
        RequestContext(user: UserInfo("system:apiserver", groups: [UserInfo.mastersGroup]))
    }

    /// Notes which object came of the request.
    func note(created object: KubernetesObject) { made.withLock { $0 = (object.name, object.uid ?? "") } }

    /// Name and uid of the object that came of the request.
    var created: (name: String, uid: String)? { made.withLock { $0 } }

    /// Has the client told something, once; at most so many characters of it.
    func warn(_ text: String) {
        let text = String(
            String.UnicodeScalarView(
                text.unicodeScalars.prefix(1024).map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
        told.withLock { if !$0.contains(text), $0.count < 64 { $0.append(text) } }
    }

    /// All of it.
    var warnings: [String] { told.withLock { $0 } }

    /// Refuses fields that are unknown or given twice, or has the client told of them.
    func check(
        unknown: [String], repeated: [String], _ validation: WriteOptions.FieldValidation, _ kind: GroupVersionKind
    ) throws {
        guard validation != .ignore else { return }
        let problems = repeated.asDuplicateFields + unknown.asUnknownFields
        guard !problems.isEmpty else { return }
        guard validation == .strict else { return problems.forEach(warn) }
        throw APIStatus.unhandled(kind, "strict decoding error: \(problems.joined(separator: ", "))")
    }
}
