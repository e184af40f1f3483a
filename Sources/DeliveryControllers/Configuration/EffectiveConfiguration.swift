// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Which configuration an object uses.
public enum EffectiveConfiguration {
    /// The references to Secrets and ConfigMaps that an object uses, in the order in which they are applied.
    ///
    /// - With references of its own it uses these and nothing else. One to an object of this group stands for what that
    ///   object propagates, under the policy of the reference.
    /// - Without, it uses what the object that it refers to propagates.
    ///
    /// Order and repetitions stay.
    /// - Parameters:
    ///   - parent: the effective configuration of the object that this one refers to.
    ///   - namespace: where references without a namespace lead to; nil for objects of the whole cluster, whose references
    ///     need one.
    ///   - lookUp: the effective configuration of an object of this group.
    /// - Throws: what `lookUp` throws; `.invalid` for a reference that leads nowhere.
    public static func references(
        own: [ConfigurationReference], parent: [ConfigurationReference], namespace: String?,
        lookUp: (ConfigurationReference) async throws -> [ConfigurationReference]
    ) async throws -> [ConfigurationReference] {
        guard !own.isEmpty else { return parent.filter { $0.policy == .propagate } }
        var references: [ConfigurationReference] = []
        for var reference in own {
            guard let place = reference.namespace ?? namespace else {
                throw Fault(
                    .invalid, "\(reference) is referred to without a namespace, by an object that is in none",
                    fix: "add the namespace to the reference")
            }
            reference.namespace = place
            guard reference.isDeliveryObject else {
                references.append(reference)
                continue
            }
            for var inherited in try await lookUp(reference) where inherited.policy == .propagate {
                inherited.policy = reference.policy
                references.append(inherited)
            }
        }
        guard references.count <= limit else {
            throw Fault(.limitExceeded, "the configuration consists of more than \(limit) Secrets and ConfigMaps")
        }
        return references
    }

    /// The most Secrets and ConfigMaps of an object.
    static let limit = 256
}
