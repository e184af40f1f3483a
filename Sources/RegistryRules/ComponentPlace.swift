// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Registry

/// The component whose versions a repository holds as its tags: `[<path>/]component-descriptors/<component>`.
struct ComponentPlace: Sendable, Hashable {
    let repository: RepositoryName
    /// What stands in front of `component-descriptors`, or empty.
    let path: String
    let component: ComponentName

    /// Takes a name apart; nil when the repository is none of a component.
    init?(_ repository: RepositoryName) {
        let parts = repository.description.split(separator: "/", omittingEmptySubsequences: false)
        guard let mark = parts.firstIndex(of: "component-descriptors"),
            let component = try? ComponentName(parts[(mark + 1)...].joined(separator: "/"))
        else { return nil }
        (self.repository, self.component) = (repository, component)
        path = parts[..<mark].joined(separator: "/")
    }

    /// The version that a tag stands for; nil for tags that are something else.
    func identity(_ tag: String) -> ComponentVersionIdentity? {
        (try? ComponentVersion(tag: tag)).map { ComponentVersionIdentity(name: component, version: $0) }
    }
}
