//! The units that are known, by what they measure.

/// Units of one quantity, with what one of each is worth.
pub(super) type Family = &'static [(&'static str, f64)];

/// Seconds of a year: months and years have no fixed length, so that a year is 365.25 days and a month a twelfth of it.
pub(super) const YEAR: f64 = 31_557_600.0;
/// Seconds of a month.
pub(super) const MONTH: f64 = YEAR / 12.0;

/// Temperatures: what one degree is worth in kelvin, and the kelvin at 0. Letters alone mean a temperature beside one another.
#[rustfmt::skip]
pub(super) const TEMPERATURES: &[(&str, f64, f64)] = &[
    ("°C", 1.0, 273.15), ("℃", 1.0, 273.15), ("ºC", 1.0, 273.15), ("˚C", 1.0, 273.15), ("° C", 1.0, 273.15), ("C", 1.0, 273.15),
    ("degC", 1.0, 273.15), ("deg C", 1.0, 273.15), ("Celsius", 1.0, 273.15), ("celsius", 1.0, 273.15), ("°c", 1.0, 273.15),
    ("°F", 5.0 / 9.0, ZERO_F), ("℉", 5.0 / 9.0, ZERO_F), ("ºF", 5.0 / 9.0, ZERO_F), ("˚F", 5.0 / 9.0, ZERO_F),
    ("° F", 5.0 / 9.0, ZERO_F), ("F", 5.0 / 9.0, ZERO_F), ("degF", 5.0 / 9.0, ZERO_F), ("deg F", 5.0 / 9.0, ZERO_F),
    ("Fahrenheit", 5.0 / 9.0, ZERO_F), ("fahrenheit", 5.0 / 9.0, ZERO_F), ("°f", 5.0 / 9.0, ZERO_F),
    ("K", 1.0, 0.0), ("°K", 1.0, 0.0), ("Kelvin", 1.0, 0.0), ("kelvin", 1.0, 0.0),
];
/// Kelvin at 0 °F.
const ZERO_F: f64 = 459.67 * 5.0 / 9.0;

/// Quantities.
#[rustfmt::skip]
pub(super) const QUANTITIES: &[Family] = &[
    &[
        ("ns", 1e-9), ("µs", 1e-6), ("us", 1e-6), ("ms", 1e-3), ("s", 1.0), ("sec", 1.0), ("min", 60.0), ("h", 3600.0),
        ("hr", 3600.0), ("hour", 3600.0), ("Std", 3600.0), ("Std.", 3600.0), ("d", 86_400.0), ("day", 86_400.0),
        ("Tag", 86_400.0), ("w", 604_800.0), ("wk", 604_800.0), ("week", 604_800.0), ("Woche", 604_800.0), ("second", 1.0),
        ("minute", 60.0), ("Minute", 60.0), ("Stunde", 3600.0), ("mo", MONTH), ("mos", MONTH), ("month", MONTH),
        ("Monat", MONTH), ("y", YEAR), ("yr", YEAR), ("yrs", YEAR), ("year", YEAR), ("Jahr", YEAR),
    ],
    &[("B", 1.0), ("kB", 1e3), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12)],
    &[("B", 1.0), ("KiB", 1024.0), ("MiB", 1_048_576.0), ("GiB", 1_073_741_824.0), ("TiB", 1_099_511_627_776.0)],
    &[
        ("µg", 1e-6), ("mg", 1e-3), ("g", 1.0), ("kg", 1e3), ("t", 1e6), ("oz", 28.349_523_125), ("lb", 453.592_37),
        ("lbs", 453.592_37), ("gram", 1.0), ("kilogram", 1e3), ("kilo", 1e3), ("ounce", 28.349_523_125),
    ],
    &[
        ("nm", 1e-9), ("µm", 1e-6), ("mm", 1e-3), ("cm", 1e-2), ("m", 1.0), ("km", 1e3), ("in", 0.0254), ("\"", 0.0254),
        ("″", 0.0254), ("inch", 0.0254), ("inches", 0.0254), ("ft", 0.3048), ("'", 0.3048), ("′", 0.3048), ("foot", 0.3048),
        ("feet", 0.3048), ("yd", 0.9144), ("yard", 0.9144), ("mi", 1609.344), ("mile", 1609.344), ("nmi", 1852.0),
        ("meter", 1.0), ("metre", 1.0), ("kilometer", 1e3), ("kilometre", 1e3),
    ],
    &[
        ("µl", 1e-6), ("ml", 1e-3), ("cl", 1e-2), ("dl", 0.1), ("l", 1.0), ("hl", 100.0), ("µL", 1e-6), ("mL", 1e-3), ("L", 1.0),
        ("liter", 1.0), ("litre", 1.0), ("gal", 3.785_411_784), ("gallon", 3.785_411_784), ("qt", 0.946_352_946),
        ("pt", 0.473_176_473), ("fl oz", 0.029_573_529_562_5),
    ],
    &[("mm²", 1e-6), ("cm²", 1e-4), ("m²", 1.0), ("m2", 1.0), ("qm", 1.0), ("ha", 1e4), ("km²", 1e6), ("km2", 1e6),
      ("sq ft", 0.092_903_04), ("sqft", 0.092_903_04), ("ft²", 0.092_903_04), ("acre", 4_046.856_422_4)],
    &[("Wh", 1e-3), ("kWh", 1.0), ("MWh", 1e3), ("GWh", 1e6)],
    &[("J", 1.0), ("kJ", 1e3), ("MJ", 1e6), ("kcal", 4184.0)],
    &[("mW", 1e-3), ("W", 1.0), ("kW", 1e3), ("MW", 1e6), ("GW", 1e9), ("PS", 735.498_75), ("hp", 745.699_872)],
    &[("Hz", 1.0), ("kHz", 1e3), ("MHz", 1e6), ("GHz", 1e9)],
    &[
        ("Pa", 1.0), ("hPa", 100.0), ("mbar", 100.0), ("kPa", 1e3), ("bar", 1e5), ("MPa", 1e6), ("psi", 6_894.757_293),
        ("atm", 101_325.0), ("mmHg", 133.322_387), ("inHg", 3386.389),
    ],
    &[("ppb", 1e-3), ("ppm", 1.0)],
    &[("µg/L", 1e-6), ("mg/L", 1e-3), ("mg/dL", 1e-2), ("g/L", 1.0), ("µg/l", 1e-6), ("mg/l", 1e-3), ("mg/dl", 1e-2), ("g/dl", 10.0),
      ("g/dL", 10.0), ("g/l", 1.0)],
    &[
        ("km/h", 1.0), ("kmh", 1.0), ("kph", 1.0), ("m/s", 3.6), ("mph", 1.609_344), ("kn", 1.852), ("kt", 1.852), ("kts", 1.852),
        ("knot", 1.852), ("ft/s", 1.097_28),
    ],
    &[("€", 1.0), ("EUR", 1.0), ("Euro", 1.0), ("euro", 1.0), ("ct", 0.01), ("Ct", 0.01), ("ct.", 0.01), ("cent", 0.01), ("Cent", 0.01)],
    &[("$", 1.0), ("USD", 1.0), ("US$", 1.0), ("dollar", 1.0), ("¢", 0.01), ("￠", 0.01), ("ct", 0.01), ("cent", 0.01)],
    &[("£", 1.0), ("GBP", 1.0), ("pound", 1.0), ("p", 0.01), ("pence", 0.01)],
    &[("CHF", 1.0), ("Fr.", 1.0), ("Rp.", 0.01), ("Rp", 0.01)],
    &[("₹", 1.0), ("INR", 1.0), ("Rs", 1.0), ("Rs.", 1.0), ("rupee", 1.0), ("paise", 0.01)],
    &[("zł", 1.0), ("PLN", 1.0), ("gr", 0.01), ("gr.", 0.01)],
    &[("₽", 1.0), ("RUB", 1.0), ("руб", 1.0), ("руб.", 1.0), ("коп", 0.01), ("коп.", 0.01)],
    &[("¥", 1.0), ("￥", 1.0), ("JPY", 1.0), ("円", 1.0)],
    &[("¥", 1.0), ("￥", 1.0), ("CNY", 1.0), ("元", 1.0), ("角", 0.1), ("分", 0.01)],
];

/// Powers of ten as people abbreviate them: `50k`, `1.2M`, `5万`.
#[rustfmt::skip]
pub(super) const MAGNITUDES: Family = &[
    ("k", 1e3), ("K", 1e3), ("M", 1e6), ("Mio", 1e6), ("Mio.", 1e6), ("mln", 1e6), ("mn", 1e6), ("million", 1e6),
    ("Million", 1e6), ("Mrd", 1e9), ("Mrd.", 1e9), ("bn", 1e9), ("B", 1e9), ("G", 1e9), ("billion", 1e9), ("tn", 1e12),
    ("Tsd", 1e3), ("Tsd.", 1e3), ("tsd.", 1e3), ("thousand", 1e3), ("lakh", 1e5), ("crore", 1e7),
    ("Md", 1e9), ("Mds", 1e9), ("mld", 1e9), ("mld.", 1e9), ("Milliarde", 1e9), ("milliard", 1e9), ("trillion", 1e12),
    ("mil", 1e3), ("millón", 1e6), ("millones", 1e6), ("milhão", 1e6), ("milhões", 1e6), ("milioni", 1e6),
    ("tys", 1e3), ("tys.", 1e3), ("тыс", 1e3), ("тыс.", 1e3), ("млн", 1e6), ("млн.", 1e6), ("млрд", 1e9), ("млрд.", 1e9),
    ("rb", 1e3), ("ribu", 1e3), ("jt", 1e6), ("juta", 1e6), ("miliar", 1e9), ("milyon", 1e6), ("milyar", 1e9),
    ("千", 1e3), ("万", 1e4), ("萬", 1e4), ("亿", 1e8), ("億", 1e8), ("兆", 1e12),
    ("천", 1e3), ("만", 1e4), ("억", 1e8), ("조", 1e12),
];

/// Sides of accounts and of the globe: what the first stands for is negative, the second positive.
pub(super) const SIDES: &[Family] = &[
    &[("S", -1.0), ("H", 1.0)],
    &[("D", -1.0), ("C", 1.0)],
    &[("DR", -1.0), ("CR", 1.0)],
    &[("Dr", -1.0), ("Cr", 1.0)],
    &[("Dr.", -1.0), ("Cr.", 1.0)],
    &[("S", -1.0), ("N", 1.0)],
    &[("W", -1.0), ("E", 1.0)],
];

/// Letters that mean something else alone: crores and lakhs, flags of a laboratory, which leave a value as it is, and sizes of
/// files.
pub(super) const TOGETHER: &[Family] = &[
    &[("L", 1e5), ("Lac", 1e5), ("lakh", 1e5), ("Cr", 1e7), ("crore", 1e7)],
    &[("H", 1.0), ("L", 1.0), ("HH", 1.0), ("LL", 1.0)],
    &[("K", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12)],
    &[("Ki", 1024.0), ("Mi", 1_048_576.0), ("Gi", 1_073_741_824.0), ("Ti", 1_099_511_627_776.0)],
];
