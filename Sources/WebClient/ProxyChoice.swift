// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Web

/// Through whom requests go.
public enum ProxyChoice: Sendable, Hashable {
    /// What the environment says (`https_proxy`, `http_proxy`, `no_proxy`); this machine is reached directly.
    case environment
    /// Nobody.
    case none
    /// This one, for every host.
    case server(ProxyAddress)

    /// The proxy at a URL; throws `.invalid` for what is none.
    public init(url: String) throws(Fault) { self = .server(try ProxyAddress(url)) }
}

/// Where a proxy is, with the name and password for it, which no description shows.
public struct ProxyAddress: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    let url: String
    /// Scheme, host and port.
    public let description: String
    private static let schemes = ["http", "https", "socks5", "socks5h"]

    /// Reads `scheme://[user[:password]@]host[:port]`; throws `.invalid` for other schemes and for what is no such URL.
    public init(_ text: String) throws(Fault) {
        guard let colon = text.firstRange(of: "://"), Self.schemes.contains(text[..<colon.lowerBound].lowercased()),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") })
        else {
            throw Fault(
                .invalid, "the address of a proxy is no URL", fix: "write it as http://, https:// or socks5://HOST:PORT"
            )
        }
        let scheme = text[..<colon.lowerBound].lowercased()
        let rest = text[colon.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        // Host and port follow the rules of other URLs.
        _ = try HTTPURL("http://\(host)")
        url = "\(scheme)://\(authority)"
        description = "\(scheme)://\(host)"
    }

    /// The same as `description`: a dump must not print a password.
    public var customMirror: Mirror { Mirror(self, children: ["proxy": description]) }
}
