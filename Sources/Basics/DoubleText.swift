// SPDX-License-Identifier: Apache-2.0

/// The fewest digits that are read back as the same number, as Go's `%v` and CEL's `string(double)` lay them out.
///
/// Plain below 1e6 and from 1e-4 up, `1e+06` with at least two digits of exponent elsewhere; `-0`, `NaN`, `+Inf`, `-Inf`.
public func goShortest(_ value: Double) -> String {
    if let name = value.goName { return name }
    let digits = DecimalDigits(shortest: value)
    // The exponent decides as if the precision were six, whatever the number of digits: strconv.FormatFloat, 'g', -1.
    let isPlain = (-3...6).contains(digits.point)
    return value.signText + (isPlain ? digits.plain(decimals: digits.decimals) : digits.scientific(digits.count - 1))
}

/// The fewest digits that are read back as the same number, never with an exponent: `1e30` has 31 digits.
///
/// As Go's `FormatFloat(v, 'f', -1, 64)`: `-0`, `NaN`, `+Inf`, `-Inf`.
public func goPlain(_ value: Double) -> String {
    if let name = value.goName { return name }
    let digits = DecimalDigits(shortest: value)
    return value.signText + digits.plain(decimals: digits.decimals)
}

/// A fixed number of decimals as Go's `%.Nf`: the exact binary value, halves to the even digit.
///
/// - Parameter precision: kept within 0…1 000 000, the most that Go's `fmt` accepts.
public func goFixed(_ value: Double, precision: Int) -> String {
    if let name = value.goName { return name }
    let decimals = min(max(precision, 0), largestPrecision)
    var digits = DecimalDigits(exact: value)
    digits.round(to: digits.point + decimals)
    return value.signText + digits.plain(decimals: decimals)
}

/// One digit, a fixed number of decimals and an exponent as Go's `%.Ne`: the exact value, halves to the even digit.
///
/// - Parameter precision: kept within 0…1 000 000, the most that Go's `fmt` accepts.
public func goExponent(_ value: Double, precision: Int) -> String {
    if let name = value.goName { return name }
    let decimals = min(max(precision, 0), largestPrecision)
    var digits = DecimalDigits(exact: value)
    digits.round(to: decimals + 1)
    return value.signText + digits.scientific(decimals)
}

private let largestPrecision = 1_000_000

extension Double {
    fileprivate var goName: String? { isNaN ? "NaN" : isInfinite ? (self < 0 ? "-Inf" : "+Inf") : nil }
    fileprivate var signText: String { sign == .minus ? "-" : "" }
}
