// SPDX-License-Identifier: Apache-2.0

internal import CEL
internal import KubernetesFormats

/// An amount that an expression holds.
final class QuantityValue: OpaqueValue {
    static let type = CELType.opaque("kubernetes.Quantity")
    let quantity: Quantity

    init(_ quantity: Quantity) { self.quantity = quantity }

    var text: String { quantity.description }
    func isEqual(to other: any OpaqueValue) -> Bool { (other as? QuantityValue)?.quantity == quantity }
}
