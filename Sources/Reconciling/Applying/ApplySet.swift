// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
public import Kubernetes

/// Brings the members of a set into the cluster, and what is no longer a member out of it (KEP-3659).
///
/// The parent's annotations always name every place where members may be: they are widened before anything is applied,
/// and narrowed when all that was not applied is gone. So whatever is stopped in the middle is found the next time.
public struct ApplySet: Sendable {
    /// What has come of it.
    public struct Result: Sendable {
        /// The objects as the cluster has them now.
        public let applied: [KubernetesObject]
        /// The objects that were deleted.
        public let pruned: [KubernetesObject]
        /// The version of the parent after the set has noted something in it; nil when there was nothing to note.
        public let parentVersion: String?
    }

    /// Who the fields belong to that are applied, unless another manager is named.
    public static let manager = "delivery.ocm.software/applyset"

    private let parent: KubernetesObject
    private let known: ApplySetScope
    private let cluster: any ClusterApplying
    private let tooling: String
    private let manager: String
    private let concurrency: Int

    /// The set of a parent, which is read anew: notes that a cache has not seen yet must not be lost.
    /// - Parameters:
    ///   - scope: where members may be, beside what the parent notes.
    ///   - tooling: the name and version of the tool, such as `ocm/0.1.0`.
    ///   - manager: who the fields belong to that are applied.
    public init(
        parent: KubernetesObject, alsoIn scope: ApplySetScope = ApplySetScope(), cluster: any ClusterApplying,
        tooling: String, manager: String = ApplySet.manager, concurrency: Int = 4
    ) async throws {
        let kind = GroupVersionKind(apiVersion: parent.apiVersion, kind: parent.kind)
        let current = try await cluster.current(kind, namespace: parent.namespace, name: parent.name)
        guard let current, current.uid == parent.uid else {
            throw Fault(.notFound, "the \(parent.kind) \(parent.objectName) is gone")
        }
        (self.parent, known, self.cluster) = (current, scope, cluster)
        (self.tooling, self.manager, self.concurrency) = (tooling, manager, concurrency)
    }

    private var id: String { ApplySetIdentity.id(of: parent) }

    /// Applies objects and prunes.
    ///
    /// 1. Each object is given a version and a namespace that the cluster knows.
    /// 2. The parent notes the kinds and namespaces of these and of all that was noted before.
    /// 3. Nothing is applied when one of them belongs to another set.
    /// 4. Namespaces and definitions of kinds are applied first, then all others. When one fails, nothing is pruned.
    /// 5. Members that were not applied are deleted, wherever the parent's notes say that there may be some.
    /// - Throws: `.conflict` for members of another set; what the cluster says, naming the object.
    public func apply(_ objects: [KubernetesObject]) async throws -> Result {
        let scopes = DefinedScopes(objects)
        let placed = try await objects.mapConcurrently(limit: concurrency) { [self] in try await place($0, scopes) }
        let wanted = ApplySetScope(of: placed)
        let wide = wanted.union(ApplySetScope(recordedIn: parent)).union(known)
        var version = try await note(wide)
        try await checkConflicts(placed)
        let (first, others) = (placed.filter(Self.comesFirst), placed.filter { !Self.comesFirst($0) })
        var applied = try await applyAll(first)
        applied += try await applyAll(others)
        let kept = Set(applied.compactMap(\.uid))
        let pruned = try await members(in: wide).filter { member in
            member.uid.map { !kept.contains($0) } ?? false
        }
        for member in pruned where !member.isBeingDeleted { try await remove(member) }
        // What has finalizers is still there; its place stays noted until it is gone.
        let remaining = pruned.filter { !$0.finalizers.isEmpty }
        let narrow = wanted.union(ApplySetScope(of: remaining))
        if wide != narrow { version = try await note(narrow, isKnownToDiffer: true) ?? version }
        return Result(applied: applied, pruned: pruned, parentVersion: version)
    }

    /// Deletes all members; gives those that are still there. Namespaces go last, and nobody waits for them.
    public func removeAll() async throws -> [KubernetesObject] {
        let members = try await members(in: ApplySetScope(recordedIn: parent).union(known))
        let (last, others) = (members.filter(Self.comesFirst), members.filter { !Self.comesFirst($0) })
        for member in others.isEmpty ? last : others where !member.isBeingDeleted { try await remove(member) }
        return others.isEmpty ? last.filter { $0.kind != "Namespace" || !$0.isBeingDeleted } : members
    }

    private static func comesFirst(_ object: KubernetesObject) -> Bool {
        let group = object.groupVersionKind?.group
        return object.kind == "Namespace" && group == "" || object.kind == "CustomResourceDefinition"
    }

    /// Writes a scope into the parent's annotations, unless it stands there already.
    private func note(_ scope: ApplySetScope, isKnownToDiffer: Bool = false) async throws -> String? {
        let annotations = scope.annotations(tooling: tooling)
        guard
            isKnownToDiffer || parent[label: ApplySetIdentity.parentLabel] != id
                || annotations.contains(where: { parent[annotation: $0.key] != $0.value })
                || scope != ApplySetScope(recordedIn: parent)
        else { return nil }
        return try await cluster.label(
            parent, labels: [ApplySetIdentity.parentLabel: id], annotations: annotations.mapValues { $0 }
        ).resourceVersion
    }

    /// The object in a version that the cluster has and, where its kind wants one, in a namespace.
    private func place(_ object: KubernetesObject, _ scopes: DefinedScopes) async throws -> KubernetesObject {
        var object = object
        guard let kind = object.groupVersionKind else {
            throw Fault(.invalid, "\(object.kind) \(object.objectName) has no API version")
        }
        var isNamespaced = try await cluster.isNamespaced(kind)
        if isNamespaced == nil, scopes.isNamespaced(kind) == nil,
            let other = try await cluster.preferred(group: kind.group, kind: kind.kind)
        {
            object.apiVersion = other.apiVersion
            isNamespaced = try await cluster.isNamespaced(other)
        }
        guard let isNamespaced = isNamespaced ?? scopes.isNamespaced(kind) else {
            throw Fault(
                .notFound, "the cluster has no kind \(kind.kind) of \(kind.apiVersion), and neither does the resource",
                fix: "install what defines it")
        }
        object.namespace = isNamespaced ? object.namespace ?? "default" : nil
        return object
    }

    private func checkConflicts(_ objects: [KubernetesObject]) async throws {
        let selector = "\(ApplySetIdentity.memberLabel),\(ApplySetIdentity.memberLabel)!=\(id)"
        for (place, group) in Dictionary(grouping: objects, by: Place.init) {
            guard let kind = place.kind, try await cluster.isNamespaced(kind) != nil else { continue }
            let names = Set(group.map(\.name))
            for foreign in try await listing(kind, place.namespace, selector) where names.contains(foreign.name) {
                let owner = foreign[label: ApplySetIdentity.memberLabel] ?? ""
                throw Fault(
                    .conflict, "the \(foreign.kind) \(foreign.objectName) belongs to another set, \(owner)",
                    fix: "rename one of them, or take it out of the other set")
            }
        }
    }

    private struct Place: Hashable {
        let kind: GroupVersionKind?
        let namespace: String?
        init(_ object: KubernetesObject) { (kind, namespace) = (object.groupVersionKind, object.namespace) }
    }

    private func applyAll(_ objects: [KubernetesObject]) async throws -> [KubernetesObject] {
        let outcomes = try await objects.mapConcurrently(limit: concurrency) { [cluster, manager] object in
            do {
                return Swift.Result<KubernetesObject, Fault>.success(
                    try await cluster.apply(object, manager: manager))
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                return .failure(Self.explained(Fault(wrapping: error), object, "applying"))
            }
        }
        // All are tried before the first failure is told, so one bad object does not keep the others out.
        var applied: [KubernetesObject] = [], failures: [Fault] = []
        for outcome in outcomes {
            switch outcome {
            case .success(let object): applied.append(object)
            case .failure(let fault): failures.append(fault)
            }
        }
        if let first = failures.first {
            let more = failures.count > 1 ? " (and \(failures.count - 1) more)" : ""
            throw Fault(first.code, first.message + more, fix: first.fix, cause: first.cause)
        }
        return applied
    }

    private func remove(_ member: KubernetesObject) async throws {
        do { try await cluster.delete(member) } catch let error where !(error is CancellationError) {
            throw Self.explained(Fault(wrapping: error), member, "deleting")
        }
    }

    /// All members in a scope, in whatever version the cluster prefers; the parent itself is none.
    private func members(in scope: ApplySetScope) async throws -> [KubernetesObject] {
        let selector = "\(ApplySetIdentity.memberLabel)=\(id)"
        var found: [KubernetesObject] = []
        for groupKind in scope.kinds.sorted() {
            // A kind that is gone took its objects with it.
            guard let kind = try await cluster.preferred(group: groupKind.group, kind: groupKind.kind),
                let isNamespaced = try await cluster.isNamespaced(kind)
            else { continue }
            let places: [String?] =
                isNamespaced ? scope.namespaces.union([parent.namespace ?? "default"]).sorted() : [nil]
            for place in places { found += try await listing(kind, place, selector) }
        }
        return found.filter { $0.uid != parent.uid }
    }

    private func listing(
        _ kind: GroupVersionKind, _ namespace: String?, _ selector: String
    ) async throws -> [KubernetesObject] {
        do { return try await cluster.live(kind, namespace: namespace, selector: selector) } catch let error
            where !(error is CancellationError)
        {
            let object = KubernetesObject(kind, namespace: namespace, name: "")
            throw Self.explained(Fault(wrapping: error), object, "listing")
        }
    }

    /// Names the object, and the rule that is missing when we are not allowed.
    private static func explained(_ fault: Fault, _ object: KubernetesObject, _ activity: String) -> Fault {
        let name = object.name.isEmpty ? "in \(object.namespace ?? "the cluster")" : "\(object.objectName)"
        let told = fault.during("\(activity) \(object.kind) \(name)")
        guard fault.code == .forbidden || fault.code == .unauthorized else { return told }
        let group = object.groupVersionKind?.group ?? ""
        return Fault(
            told.code, told.message,
            fix: "grant the controller's service account get, list, watch, create, patch and delete on \(object.kind) "
                + "in apiGroups [\"\(group)\"]", cause: told.cause)
    }
}

/// Which kinds are defined by objects that are applied together with objects of them.
private struct DefinedScopes: Sendable {
    private var scopes: [ApplySetScope.GroupKind: Bool] = [:]

    init(_ objects: [KubernetesObject]) {
        for object in objects where object.kind == "CustomResourceDefinition" {
            guard let group = object.json["spec"]?["group"]?.string,
                let kind = object.json["spec"]?["names"]?["kind"]?.string
            else { continue }
            scopes[ApplySetScope.GroupKind(group: group, kind: kind)] =
                object.json["spec"]?["scope"]?.string == "Namespaced"
        }
    }

    func isNamespaced(_ kind: GroupVersionKind) -> Bool? {
        scopes[ApplySetScope.GroupKind(group: kind.group, kind: kind.kind)]
    }
}
