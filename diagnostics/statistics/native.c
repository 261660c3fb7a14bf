/* Statistics of float32 numbers, each read once: see native.py. What is called with objects of Python's needs its lock. */

#include <math.h>
#include <stdint.h>
#include <string.h>

#define LANES 16 /* sums side by side, which compilers make vectors of */
#define BLOCK 4096 /* numbers whose sums are float32: they are good to 1e-6; from block to block they are float64 */
#define TINY 1e-30 /* below this a float32 sum of squares has lost digits */
#define CANCELLED 1e-3 /* below this share of the sum of squares a variance has lost digits */

enum { COUNT, MEAN, M2, MAGNITUDE, MIN, MAX, ZEROS, SATURATED, NON_FINITE, WIDTH };
enum { SUM = MEAN, SQUARES = M2 }; /* of the differences from a shift, until a row is complete */

enum { CPU = 1, FLOAT = 2, DIMS = 8 };

/* A tensor as DLPack describes it (DLTensor of dlpack.h). */
struct tensor {
    char *data;
    int32_t device, number, dims;
    uint8_t code, bits;
    uint16_t lanes;
    int64_t *shape, *strides;
    uint64_t offset;
};

/* What is known of a tensor before it is there. */
struct form {
    int64_t count;
    int64_t rows, columns, units; /* see active(); no rows where units are not followed */
    float low, high;
    int32_t bounded, dims;
    int64_t shape[DIMS], strides[DIMS];
};

enum taken { NO, FINITE, NOT_FINITE }; /* whether a tensor is like the one before it, and if so, what its numbers are */

/* Of Python's C API, of which these two are all: PyCapsule_GetPointer and PyList_GetItem. */
static void *(*pointer_of)(void *capsule, const char *name);
static void *(*item_of)(void *list, intptr_t index);

void prepare(void *pointer, void *item)
{
    pointer_of = (void *(*)(void *, const char *))pointer;
    item_of = (void *(*)(void *, intptr_t))item;
}

/* The tensor in a capsule, if it is of float32 numbers on the CPU. */
static const struct tensor *opened(void *capsule)
{
    const struct tensor *x = pointer_of(capsule, "dltensor");
    int plain = x && x->data && x->device == CPU && x->code == FLOAT && x->bits == 32 && x->lanes == 1;
    return plain && (!x->dims || (x->shape && x->strides)) ? x : 0;
}

static const float *numbers(const struct tensor *x)
{
    return (const float *)(x->data + x->offset);
}

/* Take over the shape of a tensor; whether it can be. */
int32_t learn(struct form *form, void *capsule)
{
    const struct tensor *x = opened(capsule);
    if (!x || x->dims > DIMS)
        return 0;
    form->dims = x->dims;
    memcpy(form->shape, x->shape, x->dims * sizeof *x->shape);
    memcpy(form->strides, x->strides, x->dims * sizeof *x->strides);
    return 1;
}

/* In float64, with a look at each number; only finite ones count. */
static void carefully(const float *x, int64_t n, double shift, double *out)
{
    double count = 0, sum = 0, squares = 0, magnitude = 0, zeros = 0;
    float low = INFINITY, high = -INFINITY;
    for (int64_t i = 0; i < n; i++) {
        if (!isfinite(x[i]))
            continue;
        double apart = x[i] - shift;
        count++;
        sum += apart;
        squares += apart * apart;
        magnitude += fabsf(x[i]);
        zeros += x[i] == 0;
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
    }
    double found[] = {count, sum, squares, magnitude, low, high, zeros, 0, n - count};
    for (int slot = 0; slot <= NON_FINITE; slot++)
        out[slot] = found[slot];
}

/* Add x[n] up, where n is a multiple of LANES and no more than BLOCK. */
static void add(const float *x, int64_t n, float shift, double *out)
{
    float sums[LANES] = {0}, squares[LANES] = {0}, magnitudes[LANES] = {0}, lows[LANES], highs[LANES];
    int32_t zeros[LANES] = {0};
    for (int k = 0; k < LANES; k++) {
        lows[k] = INFINITY;
        highs[k] = -INFINITY;
    }
    for (int64_t i = 0; i < n; i += LANES)
        for (int k = 0; k < LANES; k++) {
            float value = x[i + k], apart = value - shift;
            sums[k] += apart;
            squares[k] += apart * apart;
            magnitudes[k] += fabsf(value);
            lows[k] = value < lows[k] ? value : lows[k];
            highs[k] = value > highs[k] ? value : highs[k];
            zeros[k] += value == 0;
        }
    for (int k = 0; k < LANES; k++) {
        out[SUM] += sums[k];
        out[SQUARES] += squares[k];
        out[MAGNITUDE] += magnitudes[k];
        out[MIN] = lows[k] < out[MIN] ? lows[k] : out[MIN];
        out[MAX] = highs[k] > out[MAX] ? highs[k] : out[MAX];
        out[ZEROS] += zeros[k];
    }
    out[COUNT] += n;
}

/* All slots but SATURATED of x[n], n > 0. The shift is one of the numbers. */
static void measure(const float *x, int64_t n, double *out)
{
    float shift = isfinite(x[0]) ? x[0] : 0;
    int64_t whole = n - n % LANES;
    carefully(x + whole, n - whole, shift, out);
    for (int64_t i = 0; i < whole; i += BLOCK)
        add(x + i, whole - i < BLOCK ? whole - i : BLOCK, shift, out);
    double squares = out[SQUARES], apart = squares - out[SUM] * out[SUM] / n;
    int tiny = squares < TINY && out[MIN] != out[MAX];
    /* no finite sum is left by a number that is not finite, or by one that float32 cannot square or add up */
    int lost = out[NON_FINITE] || !isfinite(squares) || !isfinite(out[MAGNITUDE]);
    if (lost || tiny || apart < CANCELLED * squares)
        carefully(x, n, shift, out);
    if (out[COUNT]) {
        double sum = out[SUM], count = out[COUNT];
        out[MEAN] = shift + sum / count;
        out[M2] = fmax(0, out[SQUARES] - sum * sum / count);
    }
}

/* How many finite numbers of x[n] are at the bounds or beyond. */
static double beyond(const float *x, int64_t n, float low, float high)
{
    int64_t found = 0;
    for (int64_t i = 0; i < n; i++)
        found += ((x[i] <= low) | (x[i] >= high)) & (fabsf(x[i]) < INFINITY);
    return found;
}

/* How many numbers of each unit are not zero, of x[rows][columns]: a unit is a column, or, with units, row r is of unit
   r modulo units. */
static void active(const float *x, int64_t rows, int64_t columns, int64_t units, float *out)
{
    for (int64_t unit = 0; unit < (units ? units : columns); unit++)
        out[unit] = 0;
    for (int64_t row = 0; row < rows; row++, x += columns) {
        if (units) {
            int64_t found = 0;
            for (int64_t column = 0; column < columns; column++)
                found += x[column] != 0;
            out[row % units] += found;
        } else {
            for (int64_t column = 0; column < columns; column++)
                out[column] += x[column] != 0;
        }
    }
}

/* The row of x, and behind it, where units are followed, how many numbers of each are not zero. */
int32_t take(const struct form *form, const float *x, double *row)
{
    measure(x, form->count, row);
    if (form->bounded)
        row[SATURATED] = beyond(x, form->count, form->low, form->high);
    if (form->rows)
        active(x, form->rows, form->columns, form->units, (float *)(row + WIDTH));
    return row[NON_FINITE] ? NOT_FINITE : FINITE;
}

/* As take, of a tensor in a capsule, if it lies in memory as the one does that the form was learnt from. */
int32_t again(const struct form *form, void *capsule, double *row)
{
    const struct tensor *x = opened(capsule);
    if (!x || x->dims != form->dims)
        return NO;
    size_t size = x->dims * sizeof *x->shape;
    if (memcmp(x->shape, form->shape, size) || memcmp(x->strides, form->strides, size))
        return NO;
    return take(form, numbers(x), row);
}

/* Add row b to row a (Chan, Golub & LeVeque 1979, for mean and M2). */
static void merge(double *a, const double *b)
{
    double count = a[COUNT] + b[COUNT], apart = b[MEAN] - a[MEAN];
    if (!a[COUNT])
        a[MEAN] = b[MEAN];
    else if (b[COUNT])
        a[MEAN] += apart * b[COUNT] / count;
    a[M2] += b[M2] + (a[COUNT] && b[COUNT] ? apart * apart * a[COUNT] * b[COUNT] / count : 0);
    a[COUNT] = count;
    a[MAGNITUDE] += b[MAGNITUDE];
    a[MIN] = fmin(a[MIN], b[MIN]);
    a[MAX] = fmax(a[MAX], b[MAX]);
    a[ZEROS] += b[ZEROS];
    a[NON_FINITE] += b[NON_FINITE];
}

/* Tensors, each of so many numbers, and how many of them, neighbours, are one row; where the numbers lie. */
struct joint {
    int64_t tensors, rows;
    const int64_t *counts, *runs;
    const float **found;
};

enum use { NONE, KEEP, CHANGE };

/* Whether x has n numbers, one behind the other. */
static int compact(const struct tensor *x, int64_t n)
{
    int64_t apart = 1;
    for (int32_t dim = x->dims - 1; dim >= 0; dim--) {
        if (x->shape[dim] != 1 && x->strides[dim] != apart)
            return 0;
        apart *= x->shape[dim];
    }
    return apart == n;
}

/* Find the tensors in a list of n capsules, one or two for each that is expected; whether they are like those. */
int32_t find(struct joint *joint, void *list, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        const struct tensor *x = opened(item_of(list, i));
        if (!x || !compact(x, joint->counts[i % joint->tensors]))
            return 0;
        joint->found[i] = numbers(x);
    }
    return 1;
}

/* The rows of tensors that were found; whether all is finite. See join. */
static int measure_all(const struct joint *joint, const float **found, float *kept, int64_t use, double *row)
{
    double part[WIDTH], lost = 0;
    const int64_t *run = joint->runs;
    for (int64_t i = 0, done = 0; i < joint->tensors; i++) {
        int64_t n = joint->counts[i];
        const float *x = found[i];
        if (use == KEEP)
            memcpy(kept, x, n * sizeof *kept);
        else if (use == CHANGE)
            for (int64_t k = 0; k < n; k++)
                kept[k] = x[k] - kept[k];
        measure(use == CHANGE ? kept : x, n, done ? part : row);
        if (done)
            merge(row, part);
        if (++done == *run) {
            lost += row[NON_FINITE];
            row += WIDTH;
            run++;
            done = 0;
        }
        kept += n;
    }
    return !lost;
}

/* The rows of the n tensors that were found, and if there were twice as many, of the second ones behind those of the
   first. With KEEP the last ones are copied to kept, with CHANGE it is measured by what they differ from the numbers
   there, which are lost. */
int32_t join(const struct joint *joint, int64_t n, float *kept, int64_t use, double *row)
{
    int well = 1;
    const float **found = joint->found;
    if (n > joint->tensors) {
        well = measure_all(joint, found, kept, NONE, row);
        found += joint->tensors;
        row += WIDTH * joint->rows;
    }
    return measure_all(joint, found, kept, use, row) && well ? FINITE : NOT_FINITE;
}

/* Both. */
int32_t join_again(struct joint *joint, void *list, int64_t n, float *kept, int64_t use, double *row)
{
    return find(joint, list, n) ? join(joint, n, kept, use, row) : NO;
}
