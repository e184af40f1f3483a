// SPDX-License-Identifier: Apache-2.0

public import ComponentModel

/// The resource of a component version that a content is, or was made of.
public struct ContentOrigin: Hashable, Sendable {
    /// The component version.
    public let version: ComponentVersionIdentity
    /// The resource in it.
    public let resource: ElementIdentity

    /// Names a resource of a component version.
    public init(version: ComponentVersionIdentity, resource: ElementIdentity) {
        (self.version, self.resource) = (version, resource)
    }
}
