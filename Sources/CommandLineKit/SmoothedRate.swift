// SPDX-License-Identifier: Apache-2.0

/// Bytes in a second, smoothed: what was moved three seconds ago counts half as much as what is moved now, or less.
struct SmoothedRate: Sendable {
    private(set) var bytesPerSecond = 0.0
    private var last: (seconds: Double, bytes: Int64)
    private var hasValue = false

    /// Nothing has moved at this moment.
    init(at seconds: Double) { last = (seconds, 0) }

    /// Notes how many bytes have moved altogether.
    mutating func update(_ bytes: Int64, at seconds: Double) {
        let span = seconds - last.seconds
        // Between two looks at nearly the same time a rate would be a guess.
        guard span >= 0.05 else { return }
        let now = Double(bytes - last.bytes) / span
        bytesPerSecond = hasValue ? bytesPerSecond + (now - bytesPerSecond) * span / (span + 3) : now
        (last, hasValue) = ((seconds, bytes), true)
    }

    /// How long so many bytes will take, such as `42s`, `3m07s` or `2h05m`; nil when nobody can tell.
    func remaining(_ bytes: Int64) -> String? {
        guard bytesPerSecond >= 1, bytes > 0 else { return nil }
        let seconds = (Double(bytes) / bytesPerSecond).rounded(.up)
        guard seconds < 360_000 else { return nil }
        let whole = Int(seconds)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        if whole < 60 { return "\(whole)s" }
        if whole < 3600 { return "\(whole / 60)m\(two(whole % 60))s" }
        return "\(whole / 3600)h\(two(whole / 60 % 60))m"
    }
}
