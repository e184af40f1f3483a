// SPDX-License-Identifier: Apache-2.0

import CELLibraries
import Testing

@Suite("Addresses and networks of Kubernetes")
struct KubernetesNetworkTests {
    @Test(
        "addresses",
        arguments: [
            ("ip('127.0.0.1').family()", "4"), ("ip('::1').family()", "6"), ("isIP('127.0.0.256')", "false"),
            ("isIP('::1')", "true"), ("isIP('::ffff:1.2.3.4')", "false"), ("isIP('fe80::1%eth0')", "false"),
            ("ip.isCanonical('2001:db8::abcd')", "true"), ("ip.isCanonical('2001:DB8::ABCD')", "false"),
            ("ip('0.0.0.0').isUnspecified()", "true"), ("ip('127.0.0.1').isLoopback()", "true"),
            ("ip('224.0.0.1').isLinkLocalMulticast()", "true"), ("ip('fd00::1').isLinkLocalMulticast()", "false"),
            ("ip('169.254.169.254').isLinkLocalUnicast()", "true"),
            ("ip('192.168.0.1').isGlobalUnicast()", "true"), ("ip('255.255.255.255').isGlobalUnicast()", "false"),
            ("string(ip('2001:DB8::ABCD'))", "\"2001:db8::abcd\""), ("ip('::1') == ip('0:0::1')", "true"),
            ("type(ip('::1')) == net.IP", "true"),
            ("ip(':::1')", "error: IP Address \":::1\" parse error during conversion from string"),
            ("ip('::ffff:1.2.3.4')", "error: IPv4-mapped IPv6 address \"::ffff:1.2.3.4\" is not allowed"),
        ])
    func addresses(expression: String, result: String) {
        #expect(evaluated(expression, in: .kubernetes) == result)
    }

    @Test(
        "networks",
        arguments: [
            ("isCIDR('192.168.0.0/16')", "true"), ("isCIDR('::1/129')", "false"),
            ("isCIDR('::ffff:1.2.3.4/24')", "false"),
            ("cidr('192.168.0.0/24').containsIP(ip('192.168.0.1'))", "true"),
            ("cidr('192.168.0.0/24').containsIP('192.168.1.1')", "false"),
            ("cidr('192.168.0.0/16').containsCIDR(cidr('192.168.10.0/24'))", "true"),
            ("cidr('192.168.1.0/24').containsCIDR('192.168.2.0/24')", "false"),
            ("cidr('192.168.0.1/24').ip() == ip('192.168.0.1')", "true"),
            ("cidr('192.168.0.1/24').masked() == cidr('192.168.0.0/24')", "true"),
            ("cidr('192.168.0.1/24') == cidr('192.168.0.1/24').masked()", "false"),
            ("cidr('::1/128').prefixLength()", "128"), ("string(cidr('10.0.0.0/8'))", "\"10.0.0.0/8\""),
            ("type(cidr('::1/128')) == net.CIDR", "true"),
            (
                "cidr('192.168.0.0/33')",
                "error: network address parse error during conversion from string: \"192.168.0.0/33\""
            ),
            (
                "dyn(cidr('10.0.0.0/8')).containsIP(dyn('x'))",
                "error: IP Address \"x\" parse error during conversion from string"
            ),
        ])
    func networks(expression: String, result: String) {
        #expect(evaluated(expression, in: .kubernetes) == result)
    }
}
