// SPDX-License-Identifier: Apache-2.0

import CELLibraries
import Testing

@Suite("Quantities of Kubernetes")
struct KubernetesQuantityTests {
    @Test(
        "what k8s.io/apiserver documents",
        arguments: [
            ("quantity('1.5G')", "kubernetes.Quantity(\"1500M\")"), ("isQuantity('1.3Gi')", "true"),
            ("isQuantity('1,3G')", "false"), ("isQuantity('200K')", "false"), ("isQuantity('Mi')", "false"),
            ("quantity('50000000G').isInteger()", "true"),
            ("quantity('9999999999999999999999999999999999999G').isInteger()", "false"),
            ("quantity('50k').asInteger() == 50000", "true"),
            ("quantity('50k').sub(20000).asApproximateFloat() == 30000.0", "true"),
            ("quantity('50k').add(quantity('20k')) == quantity('70k')", "true"),
            ("quantity('50k').add(20) == quantity('50020')", "true"),
            ("quantity('50k').sub(quantity('20k')) == quantity('30k')", "true"),
            ("quantity('50k').add(20).sub(quantity('100k')).sub(-50000) == quantity('20')", "true"),
            ("quantity('200M').compareTo(quantity('0.2G'))", "0"),
            ("quantity('50M').compareTo(quantity('50Mi'))", "-1"),
            ("quantity('50Mi').compareTo(quantity('50M'))", "1"),
            ("quantity('150Mi').isGreaterThan(quantity('100Mi'))", "true"),
            ("quantity('100M').isLessThan(quantity('50M'))", "false"),
            ("dyn(quantity('1')).isLessThan(quantity('2'))", "true"),
            ("quantity('-1').sign()", "-1"), ("sign(quantity('0'))", "0"),
        ])
    func documented(expression: String, result: String) {
        #expect(evaluated(expression, in: .kubernetes) == result)
    }

    @Test(
        "what is no quantity or no integer",
        arguments: [
            ("quantity('Three')", "error: unable to parse quantity \"Three\": "),
            ("quantity('1.5').asInteger()", "error: cannot convert value to integer"),
            ("quantity('1').add('1')", "refused: found no matching overload for 'add'"),
        ])
    func failures(expression: String, start: String) {
        #expect(evaluated(expression, in: .kubernetes).hasPrefix(start))
    }
}
