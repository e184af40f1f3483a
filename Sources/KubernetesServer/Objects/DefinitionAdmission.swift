// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes
internal import KubernetesSchemas
internal import KubernetesStore

/// A definition of a kind of objects.
typealias Definition = CustomResourceDefinition

/// Checks definitions of kinds before they are stored, and says in their status whether their names are free.
///
/// What is accepted is served as soon as it is stored, so its status says so from the beginning.
struct DefinitionAdmission {
    static let finalizer = "customresourcecleanup.apiextensions.k8s.io"
    static let resource = GroupResource(group: "apiextensions.k8s.io", resource: "customresourcedefinitions")
    private let api: KubernetesAPI

    init(_ api: KubernetesAPI) { self.api = api }

    func admitted(_ change: ObjectChange) throws -> KubernetesObject {
        guard change.part == .main, !change.new.isBeingDeleted else { return change.new }
        var object = change.new
        object.json = Self.withStoredVersions(CustomResourceDefinition.defaulted(object.json))
        let definition: Definition
        do { definition = try Definition(object.json, replacing: change.old?.json) } catch {
            throw APIStatus.invalid(change.resource.kind, object.name, error.errors)
        }
        if change.isCreation, !object.finalizers.contains(Self.finalizer) { object.finalizers += [Self.finalizer] }
        var status = object.json["status"] ?? [:]
        let names = object.json["spec"]?["names"] ?? [:]
        let conflict = Self.conflict(of: definition, api.catalogue)
        var conditions = (status["conditions"]?.array ?? []).compactMap(Condition.init)
        let now = api.now
        func set(_ type: String, _ isTrue: Bool, _ reason: String, _ message: String) {
            let state: Condition.State = isTrue ? .yes : .no
            let before = conditions.first { $0.type == type }
            let moment = before?.state == state ? before?.lastTransition ?? now : now
            conditions.removeAll { $0.type == type }
            conditions.append(
                Condition(type, state, reason: reason, message, lastTransition: moment))
        }
        if let conflict {
            set("NamesAccepted", false, "NameConflict", conflict)
            if !conditions.contains(where: { $0.type == "Established" && $0.state == .yes }) {
                set("Established", false, "NotAccepted", "not all names are accepted")
            }
        } else {
            status["acceptedNames"] = names
            set("NamesAccepted", true, "NoConflicts", "no conflicts found")
            set("Established", true, "InitialNamesAccepted", "the initial names have been accepted")
        }
        status["conditions"] = .array(conditions.map(\.json))
        object.json["status"] = status
        return object
    }

    /// A definition whose storage version is among those that objects may be stored in.
    private static func withStoredVersions(_ definition: JSON) -> JSON {
        let versions = definition["spec"]?["versions"]?.array ?? []
        guard let storage = versions.first(where: { $0["storage"] == true })?["name"] else { return definition }
        var definition = definition
        let stored = definition["status"]?["storedVersions"]?.array ?? []
        guard !stored.contains(storage) else { return definition }
        definition["status"] = definition["status"] ?? [:]
        definition["status"]?["storedVersions"] = .array(stored + [storage])
        return definition
    }

    /// Refuses new objects of a kind that is being taken away.
    func checkCreation(_ resource: ServedResource) throws {
        guard resource.strategy is CustomStrategy else { return }
        let name = "\(resource.storage.resource).\(resource.storage.group)"
        guard let stored = try api.store.object(ObjectKey(Self.resource, ObjectName(nil, name))),
            stored.mentions("deletionTimestamp"), try stored.object().isBeingDeleted
        else { return }
        throw APIStatus(
            405, reason: "MethodNotAllowed", "create not allowed while custom resource definition is terminating")
    }

    /// Why names of a definition cannot be used: another resource of the group has them.
    private static func conflict(of definition: Definition, _ catalogue: Catalogue) -> String? {
        let others = catalogue.groups.filter { $0.name == definition.group }.flatMap(\.versions).flatMap(\.resources)
            .filter { $0.plural != definition.names.plural }
        let names = definition.names
        for other in others {
            let theirs = [other.plural, other.singular] + other.shortNames
            for name in [names.plural, names.singular] + names.shortNames where theirs.contains(name) {
                return "\"\(name)\" is already in use"
            }
            if [other.kind.kind, other.listKind].contains(names.kind) { return "\"\(names.kind)\" is already in use" }
            if [other.kind.kind, other.listKind].contains(names.listKind) {
                return "\"\(names.listKind)\" is already in use"
            }
        }
        return nil
    }
}

/// Reads stored definitions.
enum DefinitionReading {
    /// The definitions that are to be served.
    static func established(in store: ObjectStore) throws -> [Definition] {
        var found: [Definition] = []
        var position: ObjectPage.Position?
        repeat {
            let page = try store.list(DefinitionAdmission.resource, from: position, limit: 100)
            for stored in page.objects {
                let object = try stored.object()
                // One that an older release accepted and this one does not must not keep all others from being served.
                guard object.isTrue("Established"), let definition = try? Definition(object.json) else { continue }
                found.append(definition)
            }
            position = page.next
        } while position != nil
        return found
    }
}

extension KubernetesAPI {
    /// What was written counts before its writer hears of it: definitions are served, roles decide.
    func note(_ object: KubernetesObject, _ resource: ServedResource, isGone: Bool = false) throws {
        if resource.storage == DefinitionAdmission.resource { try refreshDefinitions() }
        access.note(object, resource, isGone: isGone)
    }

    /// Serves what the store's definitions say now.
    func refreshDefinitions() throws { serve(try DefinitionReading.established(in: store)) }
}
