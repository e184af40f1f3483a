// SPDX-License-Identifier: Apache-2.0

import CELLibraries
import Testing

@Suite("URLs of Kubernetes")
struct KubernetesURLsTests {
    @Test(
        "the parts that k8s.io/apiserver documents",
        arguments: [
            ("url('/path').getScheme()", "\"\""), ("url('https://example.com/').getScheme()", "\"https\""),
            ("url('https://example.com:80/').getHost()", "\"example.com:80\""),
            ("url('https://[::1]:80/').getHost()", "\"[::1]:80\""), ("url('/path').getHost()", "\"\""),
            ("url('https://[::1]:80/').getHostname()", "\"::1\""), ("url('/path').getHostname()", "\"\""),
            ("url('https://example.com:80/').getPort()", "\"80\""), ("url('https://example.com/').getPort()", "\"\""),
            ("url('https://example.com/path with spaces/').getEscapedPath()", "\"/path%20with%20spaces/\""),
            ("url('https://example.com').getEscapedPath()", "\"\""),
            (
                "url('https://example.com/path?k1=a&k2=b&k2=c').getQuery()",
                "{\"k1\": [\"a\"], \"k2\": [\"b\", \"c\"]}"
            ),
            (
                "url('https://example.com/path?key with spaces=value with spaces').getQuery()",
                "{\"key with spaces\": [\"value with spaces\"]}"
            ),
            ("url('https://example.com/path?').getQuery()", "{}"),
        ])
    func parts(expression: String, result: String) { #expect(evaluated(expression, in: .kubernetes) == result) }

    @Test(
        "what is a URL",
        arguments: [
            ("isURL('https://user:pass@example.com:80/path?query=val#fragment')", "true"),
            ("isURL('/absolute-path')", "true"), ("isURL('https://a:b:c/')", "false"),
            ("isURL('../relative-path')", "false"),
            (
                "url('../relative-path')",
                "error: URL parse error during conversion from string: \"../relative-path\" is no absolute URI and no "
                    + "absolute path"
            ),
            ("url('https://a/') == url('https://a/')", "true"), ("url('https://a/') == url('https://b/')", "false"),
            ("type(url('/a')) == kubernetes.URL", "true"),
        ])
    func recognition(expression: String, result: String) {
        #expect(evaluated(expression, in: .kubernetes) == result)
    }
}
