//! Boxes, and the transformation matrices of pages (ISO 32000-1, 8.3.3).

/// A box by its corners.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(in crate::read) struct Rect {
    pub(in crate::read) x0: f64,
    pub(in crate::read) y0: f64,
    pub(in crate::read) x1: f64,
    pub(in crate::read) y1: f64,
}

impl Rect {
    /// The bounding box of points; `None` if there are none, or one is not a number.
    pub(in crate::read) fn around(points: impl IntoIterator<Item = (f64, f64)>) -> Option<Self> {
        let mut around: Option<Self> = None;
        for (x, y) in points {
            around = Some(match around {
                None => Self { x0: x, y0: y, x1: x, y1: y },
                Some(r) => Self { x0: r.x0.min(x), y0: r.y0.min(y), x1: r.x1.max(x), y1: r.y1.max(y) },
            });
        }
        around.filter(Self::is_finite)
    }

    pub(in crate::read) fn width(&self) -> f64 {
        self.x1 - self.x0
    }

    pub(in crate::read) fn height(&self) -> f64 {
        self.y1 - self.y0
    }

    pub(super) fn is_finite(&self) -> bool {
        [self.x0, self.y0, self.x1, self.y1].iter().all(|number| number.is_finite())
    }

    pub(super) fn area(&self) -> f64 {
        self.width().max(0.0) * self.height().max(0.0)
    }

    pub(super) fn holds(&self, (x, y): (f64, f64)) -> bool {
        x >= self.x0 && x <= self.x1 && y >= self.y0 && y <= self.y1
    }

    /// The bounding box of both.
    pub(super) fn union(&self, other: &Self) -> Self {
        Self {
            x0: self.x0.min(other.x0),
            y0: self.y0.min(other.y0),
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
        }
    }

    /// The intersection; without area if they do not meet.
    pub(in crate::read) fn within(&self, other: &Self) -> Self {
        Self {
            x0: self.x0.max(other.x0),
            y0: self.y0.max(other.y0),
            x1: self.x1.min(other.x1),
            y1: self.y1.min(other.y1),
        }
    }

    /// In hundredths of a point from the upper left corner of the page.
    pub(super) fn hundredths(&self) -> (u32, u32, u32, u32) {
        #[allow(clippy::cast_sign_loss, reason = "what is left of the page or above it counts as its edge")]
        let whole = |number: f64| (number * 100.0).round().clamp(0.0, f64::from(u32::MAX)) as u32;
        (whole(self.x0), whole(self.y0), whole(self.x1), whole(self.y1))
    }
}

/// A matrix `[a b c d e f]`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::read) struct Matrix(pub(in crate::read) [f64; 6]);

impl Matrix {
    pub(in crate::read) const IDENTITY: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// A translation.
    pub(in crate::read) fn shift(x: f64, y: f64) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    /// Applies this matrix first, then the other.
    #[must_use]
    pub(in crate::read) fn then(self, other: Self) -> Self {
        let (a, b) = (self.0, other.0);
        Self([
            a[0] * b[0] + a[1] * b[2],
            a[0] * b[1] + a[1] * b[3],
            a[2] * b[0] + a[3] * b[2],
            a[2] * b[1] + a[3] * b[3],
            a[4] * b[0] + a[5] * b[2] + b[4],
            a[4] * b[1] + a[5] * b[3] + b[5],
        ])
    }

    /// The point that is transformed to this one; the point itself if the matrix has no inverse.
    pub(in crate::read) fn before(self, x: f64, y: f64) -> (f64, f64) {
        let m = self.0;
        let determinant = m[0] * m[3] - m[1] * m[2];
        if determinant == 0.0 {
            return (x, y);
        }
        let (x, y) = (x - m[4], y - m[5]);
        ((m[3] * x - m[2] * y) / determinant, (m[0] * y - m[1] * x) / determinant)
    }

    /// The transformed point.
    pub(in crate::read) fn at(self, x: f64, y: f64) -> (f64, f64) {
        let a = self.0;
        (a[0] * x + a[2] * y + a[4], a[1] * x + a[3] * y + a[5])
    }
}
