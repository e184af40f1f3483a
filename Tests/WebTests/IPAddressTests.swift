// SPDX-License-Identifier: Apache-2.0

import TestInputs
import Testing
import Web

@Suite("IP addresses and networks") struct IPAddressTests {
    @Test(
        "reads every form and writes the canonical one",
        arguments: [
            ("192.168.0.1", "192.168.0.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
            ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:DB8::68", "2001:db8::68"),
            ("2001:db8:0:0:0:0:0:68", "2001:db8::68"), ("2001:0db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
            ("2001:db8::1:0:0:1", "2001:db8::1:0:0:1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
            ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
            ("::ffff:192.168.0.1", "::ffff:192.168.0.1"), ("::ffff:c0a8:1", "::ffff:192.168.0.1"),
            ("64:ff9b::1.2.3.4", "64:ff9b::102:304"), ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
            ("0:0:0:0:0:0:0:0", "::"),
            ("ffff:FFFF:ffff:ffff:ffff:ffff:255.255.255.255", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ])
    func canonical(text: String, canonical: String) {
        #expect(IPAddress(text)?.description == canonical)
        #expect(IPAddress(text) == IPAddress(canonical))
    }

    @Test(
        "refuses what is no address",
        arguments: [
            "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3", "256.1.1.1", "01.2.3.4", "1.2.3.00",
            "1.2.3.4 ",
            " 1.2.3.4", "+1.2.3.4", "1.2.3.x", "0x1.2.3.4", ":", ":::", "1:", ":1", "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9",
            "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1::2::3", "2001:db8:::68", "12345::", "g::", "fe80::1%en0",
            "%en0",
            "::1.2.3", "::1.2.3.04", "1.2.3.4::", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:1.2.3.4", "[::1]",
            "::1/64", "::-1", "１.2.3.4",
        ])
    func refuses(text: String) { #expect(IPAddress(text) == nil) }

    @Test("mapped addresses are refused on demand and know their IPv4 part") func mapped() {
        #expect(IPAddress("::ffff:10.0.0.1", allowsMapped: false) == nil)
        #expect(IPAddress("::ffff:a00:1")?.mapped == IPAddress("10.0.0.1"))
        #expect(IPAddress("::fffe:a00:1")?.mapped == nil)
        #expect(IPAddress("::ffff:10.0.0.1") != IPAddress("10.0.0.1"))
        #expect(IPAddress("10.0.0.1", allowsMapped: false)?.family == .v4)
        #expect(IPAddress("::a00:1", allowsMapped: false)?.family == .v6)
    }

    @Test(
        "answers what an address is for as Go does",
        arguments: [
            ("0.0.0.0", "U"), ("::", "U"), ("::ffff:0.0.0.0", ""), ("127.0.0.1", "L"), ("127.255.0.9", "L"),
            ("::1", "L"),
            ("::ffff:127.0.0.1", "L"), ("224.0.0.1", "Mm"), ("224.0.1.1", "M"), ("239.1.2.3", "M"), ("ff02::1", "Mm"),
            ("ff12::1", "Mm"), ("ff05::1", "M"), ("169.254.1.1", "l"), ("fe80::1", "l"), ("febf::1", "l"),
            ("fec0::1", "G"), ("10.0.0.1", "G"), ("8.8.8.8", "G"), ("2001:db8::1", "G"), ("fd00::1", "G"),
            ("255.255.255.255", ""), ("240.0.0.1", "G"),
        ])
    func kinds(text: String, kinds: String) throws {
        let address = try #require(IPAddress(text))
        let answers: [(Bool, String)] = [
            (address.isUnspecified, "U"), (address.isLoopback, "L"), (address.isMulticast, "M"),
            (address.isLinkLocalMulticast, "m"), (address.isLinkLocalUnicast, "l"), (address.isGlobalUnicast, "G"),
        ]
        #expect(answers.filter(\.0).map(\.1).joined() == kinds)
    }

    @Test("bytes make the address again") func bytes() {
        for text in ["10.1.2.3", "2001:db8::1", "::ffff:1.2.3.4"] {
            #expect(IPAddress(text).flatMap { IPAddress(bytes: $0.bytes) }?.description == text)
        }
        #expect(IPAddress(bytes: [1, 2, 3]) == nil)
        #expect(
            [IPAddress("::"), IPAddress("9.0.0.0"), IPAddress("10.0.0.0")].compactMap { $0 }.sorted().first
                == IPAddress("9.0.0.0"))
    }

    @Test(
        "networks contain addresses and networks",
        arguments: [
            ("192.168.0.0/16", "192.168.10.0/24", true), ("192.168.1.0/24", "192.168.2.0/24", false),
            ("192.168.0.0/24", "192.168.0.0/16", false), ("192.168.0.0/24", "192.168.0.0/24", true),
            ("0.0.0.0/0", "1.2.3.4/32", true), ("::/0", "1.2.3.4/32", false),
            ("0.0.0.0/0", "::ffff:1.2.3.4/128", false),
            ("2001:db8::/32", "2001:db8:ffff::/48", true), ("2001:db8::/32", "2001:db9::/48", false),
            ("10.9.8.7/8", "10.1.0.0/16", true),
        ])
    func contains(outer: String, inner: String, isInside: Bool) throws {
        let (outer, inner) = (try #require(IPPrefix(outer)), try #require(IPPrefix(inner)))
        #expect(outer.contains(inner) == isInside)
        if isInside { #expect(outer.contains(inner.address)) }
    }

    @Test(
        "networks keep their address and can be masked",
        arguments: [
            ("192.168.1.1/24", "192.168.1.0/24"), ("10.1.2.3/0", "0.0.0.0/0"), ("10.1.2.3/32", "10.1.2.3/32"),
            ("2001:DB8::1/33", "2001:db8::/33"), ("::1/128", "::1/128"), ("ffff::1/1", "8000::/1"), ("::1/0", "::/0"),
        ])
    func masked(text: String, masked: String) throws {
        let prefix = try #require(IPPrefix(text))
        #expect(prefix.masked.description == masked)
        #expect(prefix.masked.prefixLength == prefix.prefixLength)
        #expect(prefix.description == text.lowercased())
    }

    @Test(
        "refuses what is no network",
        arguments: [
            "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/08",
            "10.0.0.0/8 ",
            "/8", "10.0.0/8", "fe80::%en0/64", "10.0.0.0/8/8", "10.0.0.0/1000", "10.0.0.0/٨",
        ])
    func refusesPrefix(text: String) { #expect(IPPrefix(text) == nil) }

    @Test("damaged texts are refused or canonical after one round") func damaged() {
        var mutator = ByteMutator(
            samples: ["192.168.0.1/24", "2001:db8::1:0:0:1/64", "::ffff:1.2.3.4/100"].map { Array($0.utf8) },
            tokens: ["::", ":", ".", "/", "ffff", "0"], seed: 4)
        for _ in 0..<20_000 {
            let text = String(decoding: mutator.next(), as: UTF8.self)
            if let prefix = IPPrefix(text) { #expect(IPPrefix(prefix.description) == prefix) }
            if let address = IPAddress(text) { #expect(IPAddress(address.description) == address) }
        }
    }
}
