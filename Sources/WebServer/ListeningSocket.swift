// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CMicroHTTPD
internal import Glibc
internal import Web

/// A TCP socket that listens. Each event loop accepts from a copy of it.
struct ListeningSocket: ~Copyable, Sendable {
    let descriptor: Int32
    let port: Int
    let isIPv6: Bool

    private init(_ descriptor: Int32, port: Int, isIPv6: Bool) {
        (self.descriptor, self.port, self.isIPv6) = (descriptor, port, isIPv6)
    }

    deinit { close(descriptor) }

    /// Listens on an address; `::` takes IPv4 too.
    static func open(_ address: String, port: Int) throws(Fault) -> ListeningSocket {
        guard let parsed = IPAddress(address) else {
            throw Fault(.invalid, "“\(address)” is no IP address", fix: "use 127.0.0.1, 0.0.0.0, ::1 or ::")
        }
        guard let number = UInt16(exactly: port) else { throw Fault(.invalid, "\(port) is no port") }
        let isIPv6 = parsed.family == .v6
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(isIPv6 ? AF_INET6 : AF_INET, kind, 0)
        guard descriptor >= 0 else { throw Fault.system(errno, "open a socket") }
        // Before, a port could not be taken again while connections of a server that ended linger; and whether `::`
        // takes IPv4 must not depend on the machine.
        let isSet =
            set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
            && (!isIPv6 || set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, parsed.isUnspecified ? 0 : 1))
        guard isSet, bind(descriptor, parsed, number), listen(descriptor, SOMAXCONN) == 0,
            let bound = boundPort(descriptor)
        else {
            let reason = errno
            close(descriptor)
            throw fault(reason, address, isIPv6 ? "[\(address)]:\(port)" : "\(address):\(port)")
        }
        return ListeningSocket(descriptor, port: bound, isIPv6: isIPv6)
    }

    /// Makes the kernel refuse connections from now on, though copies of the socket are open.
    func refuse() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// A copy for an event loop, which closes it.
    func copy() throws(Fault) -> Int32 {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw Fault.system(errno, "copy a socket") }
        return copy
    }

    private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) -> Bool {
        var value = value
        return unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0
    }

    private static func bind(_ descriptor: Int32, _ address: IPAddress, _ port: UInt16) -> Bool {
        if address.family == .v4 {
            var place = sockaddr_in()
            place.sin_family = sa_family_t(AF_INET)
            place.sin_port = port.bigEndian
            unsafe withUnsafeMutableBytes(of: &place.sin_addr) { unsafe $0.copyBytes(from: address.bytes) }
            return unsafe bind(descriptor, &place)
        }
        var place = sockaddr_in6()
        place.sin6_family = sa_family_t(AF_INET6)
        place.sin6_port = port.bigEndian
        unsafe withUnsafeMutableBytes(of: &place.sin6_addr) { unsafe $0.copyBytes(from: address.bytes) }
        return unsafe bind(descriptor, &place)
    }

    // Proof: an address of every family may be passed as a general one with its size.
    private static func bind<Address>(_ descriptor: Int32, _ place: UnsafePointer<Address>) -> Bool {
        unsafe place.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            unsafe Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<Address>.size)) == 0
        }
    }

    private static func boundPort(_ descriptor: Int32) -> Int? {
        // The port stands at the same place in the addresses of both families.
        var place = sockaddr_in6()
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let code = unsafe withUnsafeMutablePointer(to: &place) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &size)
            }
        }
        return code == 0 ? Int(UInt16(bigEndian: place.sin6_port)) : nil
    }

    private static func fault(_ reason: Int32, _ address: String, _ place: String) -> Fault {
        switch reason {
        case EADDRINUSE: Fault(.conflict, "\(place) is taken", fix: "choose another port")
        case EADDRNOTAVAIL: Fault(.invalid, "\(address) is no address of this machine")
        default: Fault.system(reason, "listen on \(place)")
        }
    }
}
