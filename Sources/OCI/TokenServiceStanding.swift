// SPDX-License-Identifier: Apache-2.0

internal import Web

/// What a client may tell the token service that a registry names.
///
/// The specification of token authentication lets a registry name any service as its realm, and Docker Hub's is on
/// another host than its registry. But the realm is the word of whoever answered, so it leads credentials no further
/// than that word can be trusted; `docs/decisions/0005-where-credentials-go.md` has the reasons.
enum TokenServiceStanding: Hashable {
    /// It gets the credentials of the registry.
    case trusted
    /// It is asked for a token for nobody, or with credentials that are configured for it by its own name.
    case foreign
    /// It is not asked at all.
    case refused

    /// Judges the realm that a registry names.
    init(_ realm: Origin, namedBy registry: Origin) {
        if realm == registry {
            self = .trusted
        } else if Self.isOfThisMachine(realm), !registry.isLoopback, realm.host != registry.host {
            // Nobody on the network has a reason to send a client to services of its own machine or link.
            self = .refused
        } else if realm.scheme != "https" {
            self = .foreign
        } else {
            // Who can alter the word of a registry that speaks plain HTTP over a network is not who it says.
            let isAuthentic = registry.scheme == "https" || registry.isLoopback
            self = isAuthentic || realm.host == registry.host ? .trusted : .foreign
        }
    }

    /// Whether it is this machine, its metadata service, or whatever else only this machine's link reaches.
    private static func isOfThisMachine(_ origin: Origin) -> Bool {
        if origin.isLoopback { return true }
        guard let address = IPAddress(origin.host) else { return false }
        return address.isLoopback || address.isLinkLocalUnicast || address.isUnspecified || address.isMulticast
    }
}
