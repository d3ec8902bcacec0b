/// An `inet` or a `cidr`: an address, and how many of its bits are the network's.
///
/// A column stores one as PostgreSQL prints it.
public struct NetworkValue: Sendable, Equatable {
  public let isV6: Bool
  /// As a number: of four bytes or of sixteen.
  public let address: UInt128
  public let length: Int

  public init(isV6: Bool, _ address: UInt128, length: Int) {
    self.isV6 = isV6
    self.address = address
    self.length = length
  }

  /// How many bits an address has.
  public var width: Int { isV6 ? 128 : 32 }
  /// All bits that an address has.
  public var all: UInt128 { isV6 ? .max : UInt128(UInt32.max) }
  /// The bits that are not the network's.
  public var hostMask: UInt128 { length == 0 ? all : length == width ? 0 : all >> UInt128(length) }
  /// The network itself.
  public var network: NetworkValue { with(address & ~hostMask) }

  public func with(_ address: UInt128, length: Int? = nil) -> NetworkValue {
    NetworkValue(isV6: isV6, address, length: length ?? self.length)
  }

  /// How many bits two addresses of a width have in common from the left.
  public func commonBits(_ other: NetworkValue) -> Int {
    min((address ^ other.address).leadingZeroBitCount - (128 - width), width)
  }

  /// Whether the other network is all of this one or part of it.
  public func contains(_ other: NetworkValue) -> Bool {
    isV6 == other.isV6 && length <= other.length && commonBits(other) >= length
  }
}

extension TypeID {
  /// An address of a host in a network.
  public static let inet = TypeID(869)
  /// A network.
  public static let cidr = TypeID(650)
}

// MARK: - Order

extension NetworkValue {
  /// Bytes that order as PostgreSQL orders them: by the bits of the network, a network before its parts, and then by the address.
  func appendOrderKey(to key: inout [UInt8]) {
    key.append(isV6 ? 6 : 4)
    for place in 0..<length { key.append(address >> UInt128(width - 1 - place) & 1 == 0 ? 1 : 2) }
    key.append(0)
    for shift in stride(from: width - 8, through: 0, by: -8) { key.append(UInt8(truncatingIfNeeded: address >> UInt128(shift))) }
  }
}

// MARK: - Stored form

extension NetworkValue {
  /// Reads the stored form.
  public init(stored: UnsafeBufferPointer<UInt8>) throws(Failure) { self = try TextForm.parseNetwork(stored, as: .inet) }

  public func stored(as type: TypeID) -> [UInt8] {
    var text: [UInt8] = []
    TextForm.appendNetwork(self, withLength: type == .cidr || length < width, to: &text)
    return text
  }
}
