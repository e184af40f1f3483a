// SPDX-License-Identifier: Apache-2.0

internal import CCurl

/// What libcurl tells about one transfer, always on the client's thread.
protocol CurlTransferDelegate: AnyObject {
    /// One header line with its line end; false gives the transfer up.
    func received(headerLine: UnsafeRawBufferPointer) -> Bool
    /// Body bytes; when they are refused, the same come again later.
    func received(_ bytes: UnsafeRawBufferPointer) -> ReceivedBytes.Addition
    /// Wants up to so many bytes of the request's body.
    func provide(_ buffer: UnsafeMutableRawBufferPointer) -> CurlUpload
    /// The network has nothing more for now: who waits for bytes shall get what there is.
    func deliver()
    /// Asked a few times a second; true gives the transfer up.
    func isStalled(at now: ContinuousClock.Instant, isConnected: Bool) -> Bool
    /// The last word.
    func finished(_ outcome: CurlOutcome)
}

/// What the request's body has to offer.
enum CurlUpload {
    /// So many bytes were copied.
    case bytes(Int)
    /// Nothing now; the transfer is paused.
    case pause
    /// There is no more.
    case end
    /// The source failed; the transfer is given up.
    case abort
}

/// How a transfer ended, with all that libcurl knows about a failure.
struct CurlOutcome: Sendable {
    /// libcurl's code.
    let code: CURLcode
    /// `errno` of the system call that failed, or 0.
    var systemError: Int32 = 0
    /// OpenSSL's verdict on the certificate (X509_V_ERR_…), 0 when it found nothing.
    var verifyResult = 0
    /// Whether a byte of the request was written.
    var hasSentRequest = false
    /// What libcurl or OpenSSL says, for people.
    var detail = ""
}
